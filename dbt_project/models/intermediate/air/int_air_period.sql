{#-
  The periods of air statistics: months, years, the year to date, per basis once for each edition that it is computed
  under; one that spans a change of edition also once as a whole (edition `mixed`), which has no single verdict. Whether
  targets are judged without dust goes by the period's own days, whatever the edition.
-#}
{{ config(meta={'by_day': {'reads': {}, 'day': 'period_start'}}) }}
with days as (
    select
        min(day) as first_day,
        max(day) as last_day
    from {{ ref('int_air_station_hours') }}
),

months as (
    select distinct
        cast(date_trunc('month', day) as date) as period_start,
        cast(last_day(day) as date) as period_end
    from {{ ref('int_air_station_hours') }}
),

periods as (
    select
        'month' as period_kind,
        period_start,
        period_end,
        period_end > {{ last_complete_day() }} as is_pending
    from months
    union all
    select
        y.period_kind,
        y.period_start,
        y.period_end,
        y.is_pending
    from {{ ref('int_year_periods') }} as y
    cross join days as d
    where y.period_end >= d.first_day and y.period_start <= d.last_day
),

by_edition as (
    select
        p.*,
        e.basis,
        e.edition,
        e.limits_standard,
        e.index_standard,
        e.statistics_standard,
        e.rules_from,
        e.rules_to,
        greatest(p.period_start, e.valid_from) as scope_start,
        least(p.period_end, coalesce(e.valid_to, p.period_end)) as scope_end,
        count(*) over (partition by e.basis, p.period_kind, p.period_start) as n_editions
    from periods as p
    inner join {{ ref('int_air_edition') }} as e
        on p.period_end >= e.valid_from and (e.valid_to is null or p.period_start <= e.valid_to)
),

scoped as (
    select
        b.basis,
        b.period_kind,
        b.period_start,
        b.period_end,
        b.scope_end > {{ last_complete_day() }} as is_pending,
        b.edition,
        b.limits_standard,
        b.index_standard,
        b.statistics_standard,
        b.scope_start,
        b.scope_end,
        b.scope_start = b.period_start and b.scope_end = b.period_end as is_whole,
        {{ air_rule_day('b.scope_start', 'b') }} as rule_start,
        {{ air_rule_day('b.scope_end', 'b') }} as rule_end
    from by_edition as b
    union all
    select
        basis,
        period_kind,
        period_start,
        period_end,
        bool_or(is_pending) as is_pending,
        'mixed' as edition,
        'mixed_standard' as limits_standard,
        'mixed_standard' as index_standard,
        'mixed_standard' as statistics_standard,
        period_start as scope_start,
        period_end as scope_end,
        true as is_whole,
        period_start as rule_start,
        period_end as rule_end
    from by_edition
    where n_editions > 1
    group by basis, period_kind, period_start, period_end
)

select
    s.*,
    coalesce(r.air_judged_without_dust = 1, false) as is_judged_without_dust
from scoped as s
left join {{ ref('int_air_rules') }} as r on {{ in_force('s.scope_end', 'r') }}
