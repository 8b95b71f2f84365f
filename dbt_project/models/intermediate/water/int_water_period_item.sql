{#-
  Section x period x item for months, years and the year to date: the mean to assess. A year is the mean of its monthly
  values, pH by hydrogen ions. Not here: rounding and classes (int_water_item_class).
-#}
with monthly as (
    select
        'month' as period_kind,
        m.month_start as period_start,
        cast(last_day(m.month_start) as date) as period_end,
        m.site_id,
        m.parameter,
        m.method as methods,
        m.n_values,
        m.n_nondetects,
        cast(1 as bigint) as n_months,
        m.mean_value,
        m.provenance_rank
    from {{ ref('int_water_month_item') }} as m
),

year_months as (
    select
        m.*,
        cast(date_trunc('year', m.month_start) as date) as year_start,
        i.mean_kind = 'hydrogen_ions' and r.water_ph_mean_by_hydrogen = 1 as by_hydrogen
    from {{ ref('int_water_month_item') }} as m
    inner join {{ ref('water_items') }} as i on m.parameter = i.parameter and {{ in_force('m.month_start', 'i') }}
    inner join {{ ref('int_water_rules') }} as r on {{ in_force('m.month_start', 'r') }}
),

years as (
    select
        y.year_start,
        y.site_id,
        y.parameter,
        {{ joined('distinct y.method', ',', 'y.method') }} as methods,
        sum(y.n_values) as n_values,
        sum(y.n_nondetects) as n_nondetects,
        count(*) as n_months,
        case
            when bool_or(y.by_hydrogen)
                then {{ ph_of_mean('sum(' ~ hydrogen_ions('y.mean_value') ~ ')', 'count(*)') }}
            else {{ carried_mean('sum(y.mean_value)', 'count(*)') }}
        end as mean_value,
        min(y.provenance_rank) as provenance_rank
    from year_months as y
    group by y.year_start, y.site_id, y.parameter
)

select * from monthly
union all
select
    p.period_kind,
    y.year_start as period_start,
    p.period_end,
    y.site_id,
    y.parameter,
    y.methods,
    y.n_values,
    y.n_nondetects,
    y.n_months,
    y.mean_value,
    y.provenance_rank
from years as y
inner join {{ ref('int_year_periods') }} as p on y.year_start = p.period_start
