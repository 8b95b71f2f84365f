{#- Parts of composite scores: what was scored, its points, and how much of the score it makes. -#}
with joined as (
    select
        p.*,
        s.value as score,
        s.score_name_zh,
        s.tree,
        s.area_level_zh,
        s.area_name_zh,
        s.missing_rule,
        s.provenance as score_provenance,
        sum(p.weight) over of_score as sum_w,
        sum(case when p.points is not null then p.weight end) over of_score as present_w
    from {{ ref('int_composite_part') }} as p
    inner join {{ ref('mart_composite_score') }} as s
        on
            p.score_id = s.score_id and p.area_code = s.area_code and p.period_kind = s.period_kind
            and p.period_start = s.period_start
    window of_score as (partition by p.score_id, p.area_code, p.period_kind, p.period_start)
),

weighed as (
    select
        *,
        case when missing_rule = 'reweight' then present_w else sum_w end as counted_w,
        case when points is null and missing_rule = 'zero' then cast(0 as decimal(18, 6)) else points end
            as counted_points
    from joined
)

select
    score_id,
    score_name_zh,
    tree,
    area_level,
    area_level_zh,
    area_code,
    area_name_zh,
    period_kind,
    period_start,
    period_end,
    part_id,
    name_zh as part_name_zh,
    indicator,
    cast(value as decimal(18, 6)) as value,
    coalesce(unit, '') as unit,
    scoring,
    case scoring when 'linear' then '区间线性' when 'steps' then '分档' else '名次' end as scoring_zh,
    cast(case when scoring = 'rank' then place end as bigint) as rank,
    cast(n_ranked as bigint) as n_ranked,
    weight,
    points,
    case
        when score is not null and counted_points is not null
            then {{ part_of_weights('weight * 100', 'counted_w') }}
    end as weight_pct,
    case
        when score is not null and counted_points is not null
            then {{ part_of_weights('weight * cast(counted_points as decimal(9, 6))', 'counted_w') }}
    end as contribution,
    missing_reason,
    case
        when missing_reason = '' then ''
        when value is not null then '不在任何分档内'
        when missing_reason = 'no figure of the period' then '本期无该项数据'
        else '本期该项数据无效'
    end as missing_reason_zh,
    coalesce({{ provenance_of_rank('provenance_rank') }}, score_provenance) as provenance
from weighed
