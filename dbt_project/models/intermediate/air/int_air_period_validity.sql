{#-
  Whether the days of a period suffice (GB 3095 table 4): basis x place x item x period x edition, with the day's index as
  an item of its own (aqi): days, months that hold, verdict; without suspect readings the same (sure_...). A month needs
  its days; a year its days and every month; a part of a year (one of two editions, the year to date) has no rule of its
  own: its complete months must hold, and it is indicative.
-#}
{{ config(meta={'by_day': {
    'reads': {'int_air_day_item': 'year', 'int_air_day_aqi': 'year', 'int_air_period': 'year'}, 'day': 'period_start'
}}) }}
with days as (
    select
        basis,
        place_kind,
        place_id,
        item,
        day,
        cast(date_trunc('month', day) as date) as month_start,
        concentration is not null as is_valid,
        sure_concentration is not null as is_sure
    from {{ days_of(ref('int_air_day_item')) }}
    where in_index
    union all
    select
        basis,
        place_kind,
        place_id,
        'aqi' as item,
        day,
        cast(date_trunc('month', day) as date) as month_start,
        aqi is not null as is_valid,
        sure_aqi is not null as is_sure
    from {{ days_of(ref('int_air_day_aqi')) }}
),

months as (
    select
        d.basis,
        d.place_kind,
        d.place_id,
        d.item,
        p.period_kind,
        p.period_start,
        p.edition,
        p.is_pending,
        p.is_whole,
        r.air_year_min_days,
        p.scope_end - p.scope_start + 1 as n_expected,
        {{ months_between('p.scope_start', 'p.scope_end + 1') }} as n_months,
        case
            when extract(month from d.month_start) = 2 then max(r.air_february_min_days)
            else max(r.air_month_min_days)
        end as min_days,
        cast(last_day(d.month_start) as date) <= p.scope_end as month_is_whole,
        sum(case when d.is_valid then 1 else 0 end) as n_valid,
        sum(case when d.is_sure then 1 else 0 end) as sure_n_valid
    from days as d
    inner join {{ days_of(ref('int_air_period'), 'period_start') }} as p
        on d.basis = p.basis and d.day >= p.scope_start and d.day <= p.scope_end
    inner join {{ ref('int_air_rules') }} as r on {{ in_force('p.rule_end', 'r') }}
    group by
        d.basis, d.place_kind, d.place_id, d.item, d.month_start, p.period_kind, p.period_start, p.edition,
        p.is_pending, p.is_whole, p.scope_start, p.scope_end, r.air_year_min_days
),

periods as (
    select
        basis,
        place_kind,
        place_id,
        item,
        period_kind,
        period_start,
        edition,
        bool_or(is_pending) as is_pending,
        bool_and(is_whole) as is_whole,
        max(n_expected) as n_expected,
        max(n_months) as n_months,
        max(min_days) as min_days,
        max(air_year_min_days) as air_year_min_days,
    {%- for name in ['', 'sure_'] %}
        sum({{ name }}n_valid) as {{ name }}n_valid,
        sum(case when {{ name }}n_valid >= min_days and month_is_whole then 1 else 0 end)
            as {{ name }}n_months_held{{ ',' if not loop.last }}
    {%- endfor %}
    from months
    group by basis, place_kind, place_id, item, period_kind, period_start, edition
)

select
    basis,
    place_kind,
    place_id,
    item,
    period_kind,
    period_start,
    edition,
    n_expected,
    n_valid,
    n_months,
    n_months_held,
{%- for name in ['', 'sure_'] %}
    case
        when is_pending then 'pending'
        when period_kind = 'month' and is_whole
            then case when {{ name }}n_valid >= min_days then 'valid' else 'insufficient' end
        when period_kind = 'year' and is_whole
            then case
                    when {{ name }}n_valid >= air_year_min_days and {{ name }}n_months_held = n_months then 'valid'
                    else 'insufficient'
                end
        when {{ name }}n_months_held >= n_months and {{ name }}n_valid > 0 then 'indicative'
        else 'insufficient'
    end as {{ name }}validity{{ ',' if not loop.last }}
{%- endfor %}
from periods
