{#-
  Loads and tonnes by month, area of origin, category and destination: what quarters, years and rates add up. The day that
  is not over is left out. Months without loads are there.
-#}
with months as (
    select
        c.period_start as month_start,
        c.period_end as month_end
    from {{ ref('int_calendar_periods') }} as c
    where c.period_kind = 'month' and c.period_end >= (select min(d.day) from {{ ref('int_waste_day') }} as d)
),

complete as (
    select
        *,
        cast(date_trunc('month', day) as date) as month_start
    from {{ ref('int_waste_day') }}
    where day <= {{ last_complete_day() }}
),

sums as (
    select
        month_start,
        area_code,
        category,
        destination,
        sum(n_expected) as loads_received,
        sum(n_valid) as loads_counted,
        sum(n_suspect) as n_suspect,
        sum(net_t) as net_t,
        min({{ provenance_rank('provenance') }}) as provenance_rank
    from complete
    group by month_start, area_code, category, destination
)

select
    m.month_start,
    m.month_end,
    s.area_code,
    s.category,
    s.destination,
    coalesce(s.loads_received, 0) as loads_received,
    coalesce(s.loads_counted, 0) as loads_counted,
    coalesce(s.n_suspect, 0) as n_suspect,
    s.net_t,
    s.provenance_rank
from months as m
left join sums as s on m.month_start = s.month_start
