{#-
  Composite scores of areas: the sum of points by weight over the sum of the weights that count. A missing part is left
  out with its weight (reweight), has no points (zero), or leaves no score (null), as the score declares.
-#}
with summed as (
    select
        p.score_id,
        p.area_code,
        p.area_level,
        p.period_kind,
        p.period_start,
        p.period_end,
        p.is_pending,
        s.missing,
        s.min_weight,
        s.decimals,
        count(*) as n_parts,
        count(p.points) as n_valid,
        sum(p.weight) as sum_w,
        sum(case when p.points is not null then p.weight end) as present_w,
        sum(case when p.points is not null then cast(p.weight as decimal(18, 6)) * cast(p.points as decimal(9, 6)) end)
            as sum_wp,
        bool_or(coalesce(p.is_indicative, false) and p.points is not null) as is_indicative,
        {{ joined('case when p.points is null then p.name_zh end', '、', 'p.part_id') }} as missing_parts_zh,
        {{ joined(
            "case when p.points is null then concat(p.part_id, ' (', p.missing_reason, ')') end", ', ', 'p.part_id'
        ) }} as missing_parts,
        min(case when p.points is not null then p.provenance_rank end) as provenance_rank,
        min(p.provenance_rank) as any_provenance_rank
    from {{ ref('int_composite_part') }} as p
    inner join {{ declared('composite_scores') }} as s on p.score_id = s.score_id
    group by
        p.score_id, p.area_code, p.area_level, p.period_kind, p.period_start, p.period_end, p.is_pending, s.missing,
        s.min_weight, s.decimals
),

weighed as (
    select
        *,
        case missing when 'reweight' then present_w else sum_w end as counted_w,
        case
            when is_pending then 'the period is not over'
            when n_valid = 0 then concat('every part is missing: ', missing_parts)
            when missing = 'null' and n_valid < n_parts then concat('missing: ', missing_parts)
            when missing = 'reweight' and present_w < min_weight * sum_w
                then concat(
                        {{ plain_number(exact_quotient('present_w', 'sum_w')) }}, ' of the weights, ',
                        {{ plain_number('min_weight') }}, ' needed; missing: ', missing_parts
                    )
        end as lacking,
        case
            when is_pending then '本期尚未结束'
            when n_valid = 0 then concat('各分项均缺：', missing_parts_zh)
            when missing = 'null' and n_valid < n_parts then concat('缺分项：', missing_parts_zh)
            when missing = 'reweight' and present_w < min_weight * sum_w
                then concat('有效权重不足：缺', missing_parts_zh)
        end as lacking_zh
    from summed
),

scored as (
    select
        *,
        case
            when lacking is null
                then {{ round_even_by(carried_of_products('coalesce(sum_wp, 0)', 'counted_w', 12), 'decimals') }}
        end as score
    from weighed
),

ranked as (
    select
        *,
        case
            when score is not null
                then rank() over (partition by score_id, period_start, score is null order by score desc)
        end as place,
        count(score) over (partition by score_id, period_start) as n_ranked,
        min(any_provenance_rank) over (partition by score_id, period_start) as list_rank
    from scored
)

select
    r.score_id,
    s.name_zh as score_name_zh,
    s.tree,
    r.area_level,
    l.name_zh as area_level_zh,
    r.area_code,
    {{ area_name('r.area_code', 'a.name_zh') }} as area_name_zh,
    r.period_kind,
    r.period_start,
    r.period_end,
    r.score as value,
    '分' as unit,
    cast(r.decimals as bigint) as decimals,
    cast(r.place as bigint) as rank,
    cast(r.n_ranked as bigint) as n_ranked,
    r.missing as missing_rule,
    cast({{ exact_ratio('coalesce(r.present_w, 0) * 100', 'r.sum_w', 1) }} as decimal(9, 1)) as present_weight_pct,
    coalesce(r.missing_parts_zh, '') as missing_parts_zh,
    cast(r.n_parts as bigint) as n_expected,
    cast(r.n_valid as bigint) as n_valid,
    {{ coverage('r.n_valid', 'r.n_parts') }} as coverage,
    case
        when r.is_pending then 'pending'
        when r.lacking is not null then 'insufficient'
        when r.n_valid < r.n_parts or r.is_indicative then 'indicative'
        else 'valid'
    end as validity,
    case
        when r.lacking is not null then r.lacking
        when r.n_valid < r.n_parts then concat('missing: ', r.missing_parts)
        when r.is_indicative then 'a part is indicative'
        else ''
    end as validity_reason,
    case
        when r.lacking_zh is not null then r.lacking_zh
        when r.n_valid < r.n_parts then concat('缺分项：', r.missing_parts_zh)
        when r.is_indicative then '有分项仅供参考'
        else ''
    end as validity_reason_zh,
    s.document as standard,
    coalesce(s.clause, '') as clause,
    {{ provenance_of_rank('coalesce(r.provenance_rank, r.any_provenance_rank, r.list_rank)') }} as provenance
from ranked as r
inner join {{ declared('composite_scores') }} as s on r.score_id = s.score_id
inner join {{ ref('area_levels') }} as l on r.area_level = l.area_level
left join {{ ref('stg_area_name') }} as a on r.area_code = a.area_code
