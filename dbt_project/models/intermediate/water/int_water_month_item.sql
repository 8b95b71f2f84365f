{#-
  Section x month x item: the mean of the usable values of the source that goes first for the item (automatic stations
  only with the declared number of values), non-detects at the declared share of their limit, pH by hydrogen ions; and the mean of the same source without suspect readings. Not
  here: classes (int_water_item_class).
-#}
with readings as (
    select
        w.site_id,
        w.month_start,
        w.parameter,
        w.method,
        i.mean_kind = 'hydrogen_ions' and r.water_ph_mean_by_hydrogen = 1 as by_hydrogen,
        i.automatic_first = (w.method = 'automatic') as goes_first,
        w.censored = '<' as is_nondetect,
        w.is_suspect,
        w.provenance,
        -- A limit has at most 6 decimals, half of it at most 7: eight keep it exact.
        case
            when w.censored = '<'
                then cast(w.value * cast(r.water_nondetect_factor as decimal(9, 4)) as decimal(18, 8))
            else cast(w.value as decimal(18, 8))
        end as statistic_value
    from {{ ref('stg_water') }} as w
    inner join {{ ref('water_items') }} as i on w.parameter = i.parameter and {{ in_force('w.day', 'i') }}
    inner join {{ ref('int_water_rules') }} as r on {{ in_force('w.day', 'r') }}
    where w.is_usable and w.value is not null
),

by_method as (
    select
        site_id,
        month_start,
        parameter,
        method,
        by_hydrogen,
        goes_first,
        count(*) as n_values,
        sum(case when is_nondetect then 1 else 0 end) as n_nondetects,
        sum(statistic_value) as value_sum,
        sum(case when by_hydrogen then {{ hydrogen_ions('statistic_value') }} end) as hydrogen_sum,
        sum(case when is_suspect then 1 else 0 end) as n_suspect,
        sum(case when is_suspect then 0 else statistic_value end) as sure_value_sum,
        sum(case when by_hydrogen and is_suspect is not true then {{ hydrogen_ions('statistic_value') }} end)
            as sure_hydrogen_sum,
        min({{ provenance_rank('provenance') }}) as provenance_rank
    from readings
    group by site_id, month_start, parameter, method, by_hydrogen, goes_first
),

ranked as (
    select
        m.*,
        r.water_month_min_values,
        row_number() over (
            partition by m.site_id, m.month_start, m.parameter
            order by
                case
                    when m.method = 'automatic' and m.n_values < r.water_month_min_automatic_values then 2
                    when m.goes_first then 0
                    else 1
                end asc,
                m.method asc
        ) as method_place
    from by_method as m
    inner join {{ ref('int_water_rules') }} as r on {{ in_force('m.month_start', 'r') }}
    where m.n_values >= r.water_month_min_values
)

select
    site_id,
    month_start,
    parameter,
    method,
    n_values,
    n_nondetects,
    case
        when by_hydrogen then {{ ph_of_mean('hydrogen_sum', 'n_values') }}
        else {{ carried_mean('value_sum', 'n_values', 8) }}
    end as mean_value,
    n_suspect,
    case
        when n_suspect > 0 and n_values - n_suspect < water_month_min_values then null
        when by_hydrogen then {{ ph_of_mean('sure_hydrogen_sum', '(n_values - n_suspect)') }}
        else {{ carried_mean('sure_value_sum', '(n_values - n_suspect)', 8) }}
    end as sure_mean_value,
    provenance_rank
from ranked
where method_place = 1
