{#-
  Dustfall of points, subdistricts and the district by month, year and year to date, t/(km2.30d), in two series.
  A point's month is the laboratory's result, or computed from what it weighed. An area's month is the mean of its assessed
  points, its year the mean of its months; dust_excluded leaves out the months that a notified dust period touches (a
  declared rule), and is judged valid or not on the months of the full series.
-#}
{%- set of_month = [('validity', 'is_enough', 'is_sure')] %}
{%- set of_year = [('validity', 'counted_validity', 'sure_validity')] %}
with samples as (
    select
        site_id,
        month_start,
        {%- for parameter in ['dustfall', 'dust_net_mass', 'dust_total_mass', 'dust_vessel_mass', 'dust_blank_mass',
                              'dust_collector_area', 'dust_exposure_days'] %}
            max(case when parameter = '{{ parameter }}' and is_usable then value end) as {{ parameter }},
        {%- endfor %}
        coalesce(bool_or(is_usable and is_suspect), false) as is_suspect,
        min({{ provenance_rank('provenance') }}) as provenance_rank
    from {{ ref('stg_dustfall') }}
    group by site_id, month_start
),

first_and_last as (
    select
        min(month_start) as first_month,
        max(month_start) as last_month
    from samples
),

month_starts as (
    select {{ each_month('first_month', 'last_month') }} as month_start
    from first_and_last
    where first_month is not null
),

calendar as (
    select
        month_start,
        cast(last_day(month_start) as date) as month_end
    from month_starts
),

months as (
    select
        c.*,
        exists(
            select 1
            from {{ ref('stg_dust_period') }} as d
            where d.is_usable and d.first_day <= c.month_end and d.last_day >= c.month_start
        ) as is_dust_month
    from calendar as c
),

points as (
    select
        m.month_start,
        m.month_end,
        m.is_dust_month,
        p.site_id,
        p.area_code,
        p.assessed,
        r.air_dustfall_min_point_share,
        s.dustfall as delivered,
        coalesce(s.is_suspect, false) as is_suspect,
        -- HJ 1221: M = W : (S n) x 30 x 1e4 in t/(km2.30d), from the net mass W in g, the opening S in cm2 and n days.
        {{ round_even_by(
            exact_quotient(
                'coalesce(s.dust_net_mass, s.dust_total_mass - s.dust_vessel_mass - s.dust_blank_mass)'
                ~ ' * cast(r.air_dustfall_reference_days as bigint)'
                ~ ' * cast(r.air_dustfall_t_km2_per_g_cm2 as bigint)',
                'cast(s.dust_collector_area * s.dust_exposure_days as decimal(38, 6))'
            ),
            'r.air_dustfall_decimals'
        ) }} as computed,
        s.dust_net_mass is not null or s.dust_total_mass is not null as is_weighed,
        coalesce(s.provenance_rank, {{ provenance_rank('p.provenance') }}) as provenance_rank
    from months as m
    inner join {{ ref('stg_site_register') }} as p
        on p.feed = 'air' and p.kind = 'dustfall_point' and {{ in_force('m.month_end', 'p') }}
    inner join {{ ref('int_air_rules') }} as r on {{ in_force('m.month_end', 'r') }}
    left join samples as s on m.month_start = s.month_start and p.site_id = s.site_id
),

results as (
    select
        *,
        coalesce(delivered, computed) as value,
        case when delivered is not null then 'delivered' when computed is not null then 'computed' end as method
    from points
),

members as (
    select
        'point' as place_kind,
        site_id as place_id,
        *
    from results
    union all
    select
        'subdistrict' as place_kind,
        area_code as place_id,
        *
    from results
    where assessed and {{ is_subdistrict('area_code') }}
    union all
    select
        'district' as place_kind,
        '{{ sql_text("area_code") }}' as place_id,
        *
    from results
    where assessed
),

place_months as (
    select
        place_kind,
        place_id,
        month_start,
        month_end,
        is_dust_month,
        case when place_kind = 'district' then place_id else max(area_code) end as area_code,
        count(*) as n_expected,
        count(value) as n_valid,
        count(case when is_suspect then value end) as n_suspect,
        count(value) >= max(air_dustfall_min_point_share) * count(*) and count(value) > 0 as is_enough,
        count(case when not is_suspect then value end) >= max(air_dustfall_min_point_share) * count(*)
        and count(case when not is_suspect then value end) > 0 as is_sure,
        case
            when min(method) = max(method) then min(method)
            when count(value) > 0 then 'both'
        end as method,
        bool_or(is_weighed) as is_weighed,
        case
            when count(value) >= max(air_dustfall_min_point_share) * count(*) and count(value) > 0
                then {{ carried_mean('sum(value)', 'count(value)') }}
        end as value,
        min(provenance_rank) as provenance_rank
    from members
    group by place_kind, place_id, month_start, month_end, is_dust_month
),

series as (
    select
        p.*,
        'dust_included' as variant,
        false as is_left_out
    from place_months as p
    union all
    select
        p.*,
        'dust_excluded' as variant,
        p.is_dust_month and r.air_dustfall_leaves_dust_months_out = 1 as is_left_out
    from place_months as p
    inner join {{ ref('int_air_rules') }} as r on {{ in_force('p.month_end', 'r') }}
),

years as (
    select
        s.place_kind,
        s.place_id,
        y.period_kind,
        y.period_start,
        y.period_end,
        y.is_pending,
        s.variant,
        max(s.area_code) as area_code,
        max({{ months_between('y.period_start', 'y.period_end + 1') }}) as n_expected,
        count(s.value) as n_valid,
        count(case when s.is_left_out then s.value end) as n_left_out,
        count(case when not s.is_left_out then s.value end) as n_used,
        count(case when s.is_sure then s.value end) as sure_n_valid,
        count(case when not s.is_left_out and s.is_sure then s.value end) as sure_n_used,
        count(case when not s.is_left_out and s.n_suspect > 0 then s.value end) as n_suspect,
        sum(case when not s.is_left_out then s.value end) as value_sum,
        case
            when min(s.method) = max(s.method) then min(s.method)
            when max(s.method) is not null then 'both'
        end as method,
        bool_or(s.is_dust_month) as is_dust_month,
        min(s.provenance_rank) as provenance_rank
    from series as s
    inner join {{ ref('int_year_periods') }} as y on s.month_start >= y.period_start and s.month_end <= y.period_end
    group by s.place_kind, s.place_id, y.period_kind, y.period_start, y.period_end, y.is_pending, s.variant
),

judged as (
    select
        y.*,
    {%- for name in ['', 'sure_'] %}
        case
            when y.is_pending then 'pending'
            when y.{{ name }}n_valid < r.air_dustfall_min_month_share * y.n_expected or y.{{ name }}n_used = 0
                then 'insufficient'
            when y.period_kind = 'year_to_date' then 'indicative'
            else 'valid'
        end as {{ name or 'counted_' }}validity{{ ',' if not loop.last }}
    {%- endfor %}
    from years as y
    inner join {{ ref('int_air_rules') }} as r on {{ in_force('y.period_end', 'r') }}
),

periods as (
    select
        place_kind,
        place_id,
        area_code,
        'month' as period_kind,
        month_start as period_start,
        month_end as period_end,
        variant,
        case when not is_left_out then value end as value,
        method,
        is_dust_month,
        n_expected,
        case when is_left_out then 0 else n_valid end as n_valid,
        case when is_left_out and value is not null then 1 else 0 end as n_months_left_out,
        case when is_left_out then 0 else n_suspect end as n_suspect,
        case
            when value is null or is_left_out then 'insufficient' else
                {{ validity_without_suspects("'valid'", of_month) }}
        end as validity,
        case
            when is_left_out then 'left out: a notified dust period touches the month'
            when value is null and place_kind = 'point' and is_weighed
                then 'weighed, but net mass, opening or days of exposure are missing'
            when value is null and place_kind = 'point' then 'no usable result'
            when value is null then concat('points with a result: ', n_valid, ' of ', n_expected)
            else coalesce({{ suspects_reason('n_suspect', 'results', of_month) }}, '')
        end as validity_reason,
        provenance_rank
    from series
    union all
    select
        place_kind,
        place_id,
        area_code,
        period_kind,
        period_start,
        period_end,
        variant,
        case
            when counted_validity in ('valid', 'indicative') then {{ carried_mean('value_sum', 'n_used') }}
        end as value,
        method,
        is_dust_month,
        n_expected,
        n_used as n_valid,
        n_left_out as n_months_left_out,
        n_suspect,
        {{ validity_without_suspects('counted_validity', of_year) }} as validity,
        case
            when counted_validity = 'pending' then 'the year is not over'
            when counted_validity = 'insufficient' and n_used = 0 and n_left_out > 0
                then 'a notified dust period touches every month with a result'
            when counted_validity = 'insufficient' then concat('months with a result: ', n_valid, ' of ', n_expected)
            else concat_ws(
                    '; ', case when counted_validity = 'indicative' then 'year to date' end,
                    {{ suspects_reason('n_suspect', 'months', of_year) }}
                )
        end as validity_reason,
        provenance_rank
    from judged
)

select
    p.*,
    {{ round_even_by('p.value', 'r.air_dustfall_decimals') }} as value_rounded,
    {{ round_even_by('p.value', 'r.air_dustfall_published_decimals') }} as value_published,
    {{ dustfall_unit() }} as unit,
    r.air_dustfall_judged_without_dust = 1 as is_judged_without_dust,
    s.standard
from periods as p
inner join {{ ref('int_air_rules') }} as r on {{ in_force('p.period_end', 'r') }}
inner join {{ ref('int_rules') }} as s
    on s.rule_id = 'air_dustfall_reference_days' and {{ in_force('p.period_end', 's') }}
