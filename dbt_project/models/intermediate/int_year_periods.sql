{#-
  The calendar of annual figures: every year of the data as `year`, the one that is not over also as `year_to_date`.
  A year that is not over is pending as `year`; its figure so far is under `year_to_date`.
-#}
with days as (
    select date '1980-01-01' as first_day, cast({{ as_of() }} as date) as last_day
),

years as (
    select distinct cast(date_trunc('year', d.day) as date) as year_start
    from ({{ day_series("(select first_day from days)", "(select last_day from days)") }}) as d
),

bounds as (
    select
        year_start,
        cast(year_start + interval 1 year as date) - 1 as year_end
    from years
)

select
    'year' as period_kind,
    year_start as period_start,
    year_end as period_end,
    year_end > {{ last_complete_day() }} as is_pending
from bounds
union all
select
    'year_to_date' as period_kind,
    year_start as period_start,
    {{ last_complete_day() }} as period_end,
    false as is_pending
from bounds
where year_end > {{ last_complete_day() }} and year_start <= {{ last_complete_day() }}
