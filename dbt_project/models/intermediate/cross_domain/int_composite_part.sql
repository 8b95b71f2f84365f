{#-
  Score x area x period x part: the figure, its points from 0 to 100 and the weight. Areas are those that the tree has at
  the end of the period (of the administrative one those of the district), and any that has a figure. Points are rounded
  (macros/scores.sql), and the score is made of these. A part without a usable figure says why and has no points.
-#}
with parts as (
    select
        s.tree,
        s.area_level,
        s.period_kind,
        p.*
    from {{ declared('composite_parts') }} as p
    inner join {{ declared('composite_scores') }} as s on p.score_id = s.score_id
),

found as (
    select
        p.score_id,
        p.part_id,
        p.tree,
        p.area_level,
        f.area_code,
        f.period_kind,
        f.period_start,
        f.value,
        f.unit,
        f.validity,
        f.validity_reason,
        f.provenance
    from parts as p
    inner join {{ ref('int_area_figure') }} as f
        on p.indicator = f.reference and p.area_level = f.area_level and p.period_kind = f.period_kind
    where {{ in_force(ranking_period_end('f.period_kind', 'f.period_start'), 'p') }}
),

periods as (
    select
        score_id,
        tree,
        area_level,
        period_kind,
        period_start,
        {{ ranking_period_end('period_kind', 'period_start') }} as period_end
    from found
    group by score_id, tree, area_level, period_kind, period_start
),

members as (
    select
        p.score_id,
        p.period_kind,
        p.period_start,
        p.period_end,
        a.area_code
    from periods as p
    inner join {{ ref('stg_area') }} as a
        on p.tree = a.tree and p.area_level = a.area_level and {{ in_force('p.period_end', 'a') }}
    where a.tree <> 'administrative' or starts_with(a.area_code, '{{ sql_text("area_code") }}')
    union
    select
        p.score_id,
        p.period_kind,
        p.period_start,
        p.period_end,
        f.area_code
    from periods as p
    inner join found as f
        on p.score_id = f.score_id and p.period_kind = f.period_kind and p.period_start = f.period_start
),

valued as (
    select
        m.score_id,
        m.area_code,
        p.area_level,
        m.period_kind,
        m.period_start,
        m.period_end,
        cast({{ days_after('m.period_end', 1) }} as timestamp) > {{ as_of() }} as is_pending,
        p.part_id,
        p.name_zh,
        p.indicator,
        p.weight,
        p.scoring,
        p.better,
        p.zero_at,
        p.full_at,
        case when f.validity in ('valid', 'indicative') then f.value end as value,
        f.unit,
        f.validity,
        f.provenance,
        case
            when f.area_code is null then 'no figure of the period'
            else coalesce(nullif(f.validity_reason, ''), f.validity)
        end as lacking
    from members as m
    inner join parts as p on m.score_id = p.score_id and {{ in_force('m.period_end', 'p') }}
    left join found as f
        on
            m.score_id = f.score_id and p.part_id = f.part_id and m.area_code = f.area_code
            and m.period_kind = f.period_kind and m.period_start = f.period_start
),

ranked as (
    select
        *,
        case
            when value is not null
                then rank() over (
                        partition by score_id, part_id, period_start, value is null
                        order by case better when 'higher' then -value else value end
                    )
        end as place,
        count(value) over (partition by score_id, part_id, period_start) as n_ranked
    from valued
),

steps as (
    select * from {{ declared('composite_steps') }}
),

with_steps as (
    select distinct
        score_id,
        part_id
    from steps
),

stepped as (
    select
        r.*,
        s.points as step_points,
        b.part_id is not null as has_steps
    from ranked as r
    left join with_steps as b on r.score_id = b.score_id and r.part_id = b.part_id
    left join steps as s
        on
            r.score_id = s.score_id and r.part_id = s.part_id
            and (s.low is null or case r.scoring when 'rank' then r.place else r.value end >= s.low)
            and (
                s.high is null
                or (r.scoring = 'rank' and r.place <= s.high)
                or (r.scoring = 'steps' and r.value < s.high)
            )
),

pointed as (
    select
        *,
        cast(case
            when value is null then null
            when scoring = 'steps' or has_steps then step_points
            when scoring = 'rank' then {{ points_of_rank('place', 'n_ranked') }}
            else {{ points_between('value', 'zero_at', 'full_at') }}
        end as decimal(18, 6)) as points
    from stepped
)

select
    score_id,
    area_code,
    area_level,
    period_kind,
    period_start,
    period_end,
    is_pending,
    part_id,
    name_zh,
    indicator,
    weight,
    scoring,
    value,
    unit,
    place,
    case when scoring = 'rank' then n_ranked end as n_ranked,
    points,
    validity = 'indicative' as is_indicative,
    case
        when points is not null then ''
        when value is null then lacking
        else 'no step holds it'
    end as missing_reason,
    {{ provenance_rank('provenance') }} as provenance_rank
from pointed
