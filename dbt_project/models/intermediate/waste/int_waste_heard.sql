{#-
  Period × category: of how many months of the period, up to the last complete day, any load of the category that counts
  is there. One month that was delivered does not make a year.
-#}
with months as (
    select
        p.period_kind,
        p.period_start,
        m.period_start as month_start
    from {{ ref('int_calendar_periods') }} as p
    inner join {{ ref('int_calendar_periods') }} as m
        on m.period_kind = 'month' and m.period_start between p.period_start and p.period_end
),

heard as (
    select distinct
        category,
        month_start
    from {{ ref('int_waste_flow') }}
    where is_counted
),

expected as (
    select
        period_kind,
        period_start,
        count(*) as months_expected
    from months
    group by period_kind, period_start
)

select
    m.period_kind,
    m.period_start,
    h.category,
    e.months_expected,
    count(*) as months_heard
from months as m
inner join heard as h on m.month_start = h.month_start
inner join expected as e on m.period_kind = e.period_kind and m.period_start = e.period_start
group by m.period_kind, m.period_start, h.category, e.months_expected
