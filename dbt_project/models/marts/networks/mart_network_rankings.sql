{#-
  Declared lists: sites, or areas of one level, ranked by a figure in each calendar period. A place without a valid figure
  is listed with its reason and not ranked. The direction of a list is in `method`.
-#}
with lists as (
    select
        l.*,
        f.unit,
        coalesce(f.standard, '') as standard,
        coalesce(f.clause, '') as clause
    from {{ source('clean', 'declared_network_list') }} as l
    inner join {{ source('clean', 'declared_network_figure') }} as f
        on l.network_id = f.network_id and l.figure_id = f.figure_id and l.parameter = f.parameter
),

figures as (
    select
        l.list_id,
        v.network_id,
        v.site_id,
        cast(v.period_start as date) as period_start,
        cast(v.period_end - interval 1 minute as date) as period_end,
        v.period_end > {{ as_of() }} as is_pending,
        -- The series of a site, of several methods or fractions, are averaged.
        {{ carried_mean('sum(v.carried)', 'count(v.carried)') }} as value,
        coalesce(bool_or(v.validity = 'indicative'), false) as is_indicative,
        count(*) > count(v.carried) as lacks_series,
        max(v.validity_reason) as validity_reason,
        sum(v.n_expected) as n_expected,
        sum(v.n_valid) as n_valid,
        min(v.provenance_rank) as provenance_rank
    from lists as l
    inner join {{ ref('int_network_figure') }} as v
        on
            l.network_id = v.network_id and l.figure_id = v.figure_id and l.parameter = v.parameter
            and l.period_kind = v.period_kind
    group by l.list_id, v.network_id, v.site_id, v.period_start, v.period_end
),

periods as (
    select distinct
        network_id,
        list_id,
        period_start,
        period_end,
        is_pending
    from figures
),

-- Every place that a list should show: each registered site, or each area with one.
members as (
    select
        p.network_id,
        p.list_id,
        p.period_start,
        p.period_end,
        p.is_pending,
        l.statistic,
        l.place_kind,
        s.site_id,
        s.name_zh,
        s.area_code,
        case
            when l.place_kind = 'site' then s.site_id
            else g.area_code
        end as place_id,
        v.value,
        v.is_indicative,
        v.value is not null and v.lacks_series as lacks_series,
        v.validity_reason,
        v.n_expected,
        v.n_valid,
        v.provenance_rank
    from periods as p
    inner join lists as l on p.network_id = l.network_id and p.list_id = l.list_id
    inner join {{ ref('int_network_site') }} as s
        on p.network_id = s.network_id and {{ in_force('p.period_end', 's') }}
    left join {{ ref('int_site_area') }} as g
        on
            p.network_id = g.feed and s.site_id = g.site_id and l.tree = g.tree and l.area_level = g.area_level
            and {{ in_force('p.period_end', 'g') }}
    left join figures as v
        on
            p.network_id = v.network_id and p.list_id = v.list_id and s.site_id = v.site_id
            and p.period_start = v.period_start
),

sums as (
    select
        network_id,
        list_id,
        period_start,
        period_end,
        is_pending,
        place_id,
        statistic,
        place_kind,
        max(name_zh) as site_name_zh,
        max(area_code) as area_code,
        count(*) as n_sites,
        count(value) as n_with_value,
        sum(value) as sum_v,
        max(value) as max_v,
        min(value) as min_v,
        coalesce(sum(n_expected), 0) as n_expected,
        coalesce(sum(n_valid), 0) as n_valid,
        coalesce(bool_or(is_indicative), false) as is_indicative,
        coalesce(bool_or(lacks_series), false) as lacks_series,
        max(case when value is null then coalesce(validity_reason, 'no readings') end) as lacking,
        min(provenance_rank) as provenance_rank
    from members
    where place_id is not null
    group by network_id, list_id, period_start, period_end, is_pending, place_id, statistic, place_kind
),

listed as (
    select
        s.*,
        min(s.provenance_rank) over (partition by s.network_id, s.list_id, s.period_start) as list_provenance_rank,
        case
            when s.is_pending or s.n_with_value = 0 then null
            when s.statistic = 'sum' then try_cast(s.sum_v as decimal(18, 6))
            when s.statistic = 'maximum' then s.max_v
            when s.statistic = 'minimum' then s.min_v
            else {{ carried_mean('s.sum_v', 's.n_with_value') }}
        end as carried
    from sums as s
),

places as (
    select
        concat_ws('_', t.network_id, t.list_id) as list_id,
        concat(
            l.name_zh,
            case when {{ provenance_of_rank('t.list_provenance_rank') }} = 'simulated' then '（模拟）' else '' end
        ) as list_name_zh,
        t.place_kind,
        l.area_level,
        l.period_kind,
        t.period_start,
        t.period_end,
        t.place_id,
        case
            when t.place_kind = 'site' then t.site_name_zh
            else {{ area_name('t.place_id', 'd.name_zh') }}
        end as place_name_zh,
        case when t.place_kind = 'site' then t.area_code else t.place_id end as area_code,
        t.network_id as network,
        l.parameter as item,
        coalesce(p.name_zh, l.parameter) as item_zh,
        '' as variant,
        l.direction as method,
        {{ round_even_by('t.carried', 'l.decimals') }} as value,
        l.unit,
        greatest(t.n_expected, 1) as n_expected,
        t.n_valid,
        case
            when t.is_pending then 'pending'
            when t.carried is null then 'insufficient'
            when t.is_indicative or t.lacks_series or t.n_with_value < t.n_sites then 'indicative'
            else 'valid'
        end as validity,
        case
            when t.is_pending then 'the period is not over'
            when t.carried is null then coalesce(nullif(t.lacking, ''), 'no value')
            when t.n_with_value < t.n_sites then concat(t.n_with_value, ' of ', t.n_sites, ' sites')
            when t.is_indicative then 'suspect readings decide'
            when t.lacks_series then 'a method or fraction of a site has no valid figure'
            else ''
        end as validity_reason,
        l.standard,
        l.clause,
        {{ provenance_of_rank('coalesce(t.provenance_rank, t.list_provenance_rank)') }} as provenance
    from listed as t
    inner join lists as l on t.network_id = l.network_id and t.list_id = l.list_id
    left join {{ source('clean', 'declared_network_parameter') }} as p
        on l.network_id = p.network_id and l.parameter = p.parameter
    left join {{ ref('stg_area_name') }} as d on t.place_id = d.area_code
),

-- Adds rank, n_ranked, the period before and last year, changes and publication_state (macros/rankings.sql); ranked is
-- what is valid or indicative.
lists_ranked as (
    {{ ranking_of('places', "case when method = 'highest_first' then -value else value end") }}
)

select
    list_id,
    list_name_zh,
    place_kind,
    area_level,
    period_kind,
    period_start,
    period_end,
    place_id,
    place_name_zh,
    area_code,
    item,
    item_zh,
    variant,
    network,
    method,
    value,
    unit,
    rank,
    n_ranked,
    previous_value,
    previous_rank,
    change_on_previous,
    change_on_previous_pct,
    last_year_value,
    last_year_rank,
    change_on_last_year,
    change_on_last_year_pct,
    n_expected,
    n_valid,
    coverage,
    validity,
    validity_reason,
    publication_state,
    standard,
    clause,
    provenance
from lists_ranked
