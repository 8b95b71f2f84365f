{#-
  Area x period: the declared figures of areas of any tree, from the sites in each on the last day of the period. A site counts
  once: with the mean of what it has of the figure, or with whether everything judged in the period attained.
-#}
with figures as (
    select
        *,
        statistic in ('share_attaining', 'weighted_share_attaining') or coalesce(figure_id, '') = '' as is_of_attainment
    from {{ ref('stg_network_area') }}
),

attained as (
    select
        network_id,
        '' as parameter,
        site_id,
        period_kind,
        period_start,
        period_end,
        is_attained,
        site_rank,
        provenance_rank
    from {{ ref('int_network_site_period') }}
    where period_kind <> 'sample'
    union all
    select
        network_id,
        parameter,
        site_id,
        period_kind,
        period_start,
        period_end,
        case when n_missed > 0 then false when n_attained > 0 then true end as is_attained,
        worst_rank as site_rank,
        provenance_rank
    from {{ ref('int_network_site_item') }}
    where period_kind <> 'sample'
),

valued as (
    select
        network_id,
        figure_id,
        parameter,
        site_id,
        period_kind,
        period_start,
        period_end,
        {{ carried_mean('sum(value)', 'count(value)') }} as value,
        bool_or(validity = 'pending') as is_pending,
        sum(n_suspect) as n_suspect,
        min(provenance_rank) as provenance_rank
    from {{ ref('int_network_figure') }}
    group by network_id, figure_id, parameter, site_id, period_kind, period_start, period_end
),

-- Which site has what in which period.
sites as (
    select
        f.network_id,
        f.area_figure_id,
        a.site_id,
        a.period_kind,
        a.period_start,
        a.period_end,
        cast(case when a.is_attained then 1 when a.is_attained is false then 0 end as decimal(18, 6)) as attained,
        case when f.statistic = 'worst' then cast(a.site_rank as decimal(18, 6)) end as value,
        0 as n_suspect,
        a.provenance_rank
    from figures as f
    inner join attained as a
        on
            f.network_id = a.network_id and coalesce(f.parameter, '') = a.parameter
            and f.period_kind = a.period_kind
    where f.is_of_attainment
    union all
    select
        f.network_id,
        f.area_figure_id,
        v.site_id,
        v.period_kind,
        v.period_start,
        v.period_end,
        cast(null as decimal(18, 6)) as attained,
        v.value,
        v.n_suspect,
        v.provenance_rank
    from figures as f
    inner join valued as v
        on
            f.network_id = v.network_id and f.figure_id = v.figure_id and f.parameter = v.parameter
            and f.period_kind = v.period_kind
    where not f.is_of_attainment
),

periods as (
    select distinct
        network_id,
        area_figure_id,
        period_kind,
        period_start,
        period_end
    from sites
),

-- Every registered site of the network, whether it has something or not.
members as (
    select
        p.network_id,
        p.area_figure_id,
        p.period_kind,
        p.period_start,
        p.period_end,
        f.statistic,
        f.is_of_attainment,
        f.decimals,
        s.site_id,
        g.area_code,
        t.attained,
        t.value,
        t.n_suspect,
        t.provenance_rank,
        a.number as weight
    from periods as p
    inner join figures as f on p.network_id = f.network_id and p.area_figure_id = f.area_figure_id
    inner join {{ ref('int_network_site') }} as s
        on
            p.network_id = s.network_id
            and {{ in_force('cast(p.period_end - interval 1 minute as date)', 's') }}
    inner join {{ ref('int_site_area') }} as g
        on
            p.network_id = g.feed and s.site_id = g.site_id and f.tree = g.tree and f.area_level = g.area_level
            and {{ in_force('cast(p.period_end - interval 1 minute as date)', 'g') }}
    left join sites as t
        on
            p.network_id = t.network_id and p.area_figure_id = t.area_figure_id and s.site_id = t.site_id
            and p.period_kind = t.period_kind and p.period_start = t.period_start
    left join {{ source('clean', 'declared_site_attribute') }} as a
        on
            f.weight_attribute = a.attribute and p.network_id = a.network_id and s.site_id = a.site_id
            and {{ in_force('cast(p.period_end - interval 1 minute as date)', 'a') }}
),

counted as (
    select
        *,
        case
            when statistic in ('weighted_share_attaining', 'weighted_mean') and coalesce(weight, -1) < 0 then null
            when is_of_attainment and statistic <> 'worst' then attained
            else value
        end as v,
        case when statistic in ('weighted_share_attaining', 'weighted_mean') then weight else 1 end as w
    from members
),

summed as (
    select
        network_id,
        area_figure_id,
        period_kind,
        period_start,
        period_end,
        statistic,
        decimals,
        area_code,
        is_of_attainment as of_grades,
        is_of_attainment and statistic <> 'worst' as attains,
        count(*) as n_sites,
        count(v) as n_valid,
        count(case when v is not null and attained = 1 then 1 end) as n_attained,
        sum(v) as sum_v,
        max(v) as max_v,
        sum(case when v is not null then cast(w as decimal(18, 6)) end) as sum_w,
        sum(v * cast(w as decimal(20, 6))) as sum_wv,
        sum(case when v is not null then n_suspect end) as n_suspect,
        min(case when v is not null then provenance_rank end) as provenance_rank,
        min(provenance_rank) as any_provenance_rank
    from counted
    group by
        network_id, area_figure_id, period_kind, period_start, period_end, statistic, decimals, area_code,
        is_of_attainment
)

select
    *,
    case
        when n_valid = 0 then null
        when statistic = 'mean' then {{ round_even_by(exact_quotient('sum_v', 'n_valid'), 'decimals') }}
        when statistic = 'sum' then {{ round_even_by(published_decimal('sum_v'), 'decimals') }}
        when statistic = 'worst' then {{ round_even_by('max_v', 'decimals') }}
        when statistic = 'share_attaining'
            then {{ round_even_by(exact_quotient('sum_v * 100', 'n_valid'), 'decimals') }}
        when statistic = 'weighted_share_attaining'
            then {{ round_even_by(carried_of_products('sum_wv * 100', 'sum_w', 12), 'decimals') }}
        when statistic = 'weighted_mean'
            then {{ round_even_by(carried_of_products('sum_wv', 'sum_w', 12), 'decimals') }}
    end as found
from summed
