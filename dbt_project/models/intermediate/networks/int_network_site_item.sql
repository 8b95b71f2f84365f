{#-
  Site x parameter x calendar period: the worst grade and what was attained, from every value that a limit applies to and
  that lies in the period. A sample of a network that is sampled by hand is a period of its own.
-#}
{#-
  Of a group of judged values: the worst grade that is sure, values that attain firm limits, that miss them, that break a
  hint only, and that cannot be judged.
-#}
{%- set sums -%}
    max(case when is_graded_surely then grade_rank end) as worst_rank,
    count(case when is_judged then 1 end) as n_values,
    count(case when firm_attained then 1 end) as n_attained,
    count(case when firm_attained is false then 1 end) as n_missed,
    count(case when is_attained is false and firm_attained is not false then 1 end) as n_hints,
    count(case when is_firm and firm_attained is null then 1 end) as n_open,
    min(provenance_rank) as provenance_rank
{%- endset %}
with items as (
    select
        i.network_id,
        i.site_id,
        i.parameter,
        i.sample,
        i.period_kind,
        i.period_start,
        i.period_end,
        i.provenance_rank,
        j.grade_rank,
        j.is_graded_surely,
        j.is_attained,
        -- What suspect readings decide is a hint.
        case when i.n_suspect = 0 or s.is_attained = j.is_attained then j.firm_attained end as firm_attained,
        j.is_firm and (i.n_suspect = 0 or s.is_attained = j.is_attained) as is_firm,
        j.is_attained is not null or j.grade_rank is not null as is_judged,
        n.cadence_minutes is null as is_by_hand
    from {{ ref('int_network_item') }} as i
    inner join {{ ref('int_network_judged') }} as j on i.item_no = j.item_no and not j.is_sure
    left join {{ ref('int_network_judged') }} as s on i.item_no = s.item_no and s.is_sure
    inner join {{ source('clean', 'declared_network') }} as n on i.network_id = n.network_id
),

kinds as (
    {%- for kind in ['day', 'half_month', 'month', 'quarter', 'half_year', 'year'] %}
        select
            '{{ kind }}' as kind,
            {{ loop.index }} as length
        {{ 'union all' if not loop.last }}
    {%- endfor %}
),

-- Values by month first: those of longer periods as they are.
monthly as (
    select
        network_id,
        site_id,
        parameter,
        {{ network_period_start("'month'", 'period_start') }} as period_start,
        'month' as period_kind,
        {{ sums }}
    from items
    where period_kind in ('sample', 'hour', 'day', 'week', 'half_month', 'month')
    group by network_id, site_id, parameter, {{ network_period_start("'month'", 'period_start') }}
    union all
    select
        network_id,
        site_id,
        parameter,
        period_start,
        period_kind,
        {{ sums }}
    from items
    where period_kind in ('quarter', 'half_year', 'year')
    group by network_id, site_id, parameter, period_start, period_kind
),

rolled as (
    select
        m.network_id,
        m.site_id,
        m.parameter,
        '' as sample,
        k.kind as period_kind,
        {{ network_period_start('k.kind', 'm.period_start') }} as period_start,
        max(m.worst_rank) as worst_rank,
        sum(m.n_values) as n_values,
        sum(m.n_attained) as n_attained,
        sum(m.n_missed) as n_missed,
        sum(m.n_hints) as n_hints,
        sum(m.n_open) as n_open,
        min(m.provenance_rank) as provenance_rank
    from monthly as m
    inner join kinds as f on m.period_kind = f.kind
    inner join kinds as k on f.length <= k.length
    group by m.network_id, m.site_id, m.parameter, k.kind, {{ network_period_start('k.kind', 'm.period_start') }}
),

own as (
    select
        network_id,
        site_id,
        parameter,
        case when period_kind = 'sample' then sample else '' end as sample,
        period_kind,
        period_start,
        period_end,
        {{ sums }}
    from items
    where period_kind in ('day', 'week', 'half_month') or (period_kind = 'sample' and is_by_hand)
    group by
        network_id, site_id, parameter, case when period_kind = 'sample' then sample else '' end, period_kind,
        period_start, period_end
)

select
    network_id,
    site_id,
    parameter,
    sample,
    period_kind,
    period_start,
    {{ network_period_end('period_kind', 'period_start') }} as period_end,
    worst_rank,
    n_values,
    n_attained,
    n_missed,
    n_hints,
    n_open,
    provenance_rank
from rolled
union all
select
    network_id,
    site_id,
    parameter,
    sample,
    period_kind,
    period_start,
    period_end,
    worst_rank,
    n_values,
    n_attained,
    n_missed,
    n_hints,
    n_open,
    provenance_rank
from own
