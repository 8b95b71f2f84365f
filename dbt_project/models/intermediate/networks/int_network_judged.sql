{#-
  Value by value: the best grade whose limit it holds, whether it attains its target and every plain limit, and the one
  limit that decides. `firm_attained` leaves limits out that are only a hint. One row for each value that a limit applies
  to, and a second one (is_sure) where suspect readings are left out.
-#}
with grades as (
    select
        item_no,
        is_sure,
        grade_rank,
        count(case when has_high and not has_low then 1 end) as n_upper,
        count(case when has_low and not has_high then 1 end) as n_lower,
        count(case when has_low = has_high then 1 end) as n_other,
        min(case when has_high and not has_low then applied_high end) as upper_at,
        max(case when has_low and not has_high then applied_low end) as lower_at,
        {{ all_hold('holds', 'has_high and not has_low') }} as upper_holds,
        {{ all_hold('holds', 'has_low and not has_high') }} as lower_holds,
        {{ one_holds('holds', 'has_low = has_high') }} as other_holds,
        bool_or(effect = 'hint') as is_hint
    from {{ ref('int_network_applicable') }}
    where grade_rank is not null
    group by item_no, is_sure, grade_rank
),

-- Several upper limits of one grade all have to hold, and so have lower ones; bands are one or the other.
held as (
    select
        *,
        case
            when n_upper > 0 and n_lower > 0 and upper_at <= lower_at then upper_holds or lower_holds
            when n_upper > 0 and n_lower > 0 then upper_holds and lower_holds
            when n_upper > 0 then upper_holds
            when n_lower > 0 then lower_holds
            else false
        end or case when n_other > 0 then other_holds else false end as holds
    from grades
),

best as (
    select
        item_no,
        is_sure,
        min(case when holds then grade_rank end) as sure_rank,
        min(case when holds is not false then grade_rank end) as possible_rank,
        max(grade_rank) as last_rank,
        bool_or(is_hint) as is_hint
    from held
    group by item_no, is_sure
),

plain as (
    select
        item_no,
        is_sure,
        count(case when effect = 'exceedance' then 1 end) as n_firm,
        {{ all_hold('holds') }} as is_attained,
        {{ all_hold('holds', "effect = 'exceedance'") }} as firm_attained
    from {{ ref('int_network_applicable') }}
    where grade_rank is null
    group by item_no, is_sure
),

targets as (
    select
        i.item_no,
        i.network_id,
        i.censored = '<' and n.scale_nondetect = 'best' as is_best,
        coalesce(a.text, nullif(n.target_grade, '')) as target
    from {{ ref('int_network_item') }} as i
    inner join {{ source('clean', 'declared_network') }} as n on i.network_id = n.network_id
    left join {{ source('clean', 'declared_site_attribute') }} as a
        on
            i.network_id = a.network_id and i.site_id = a.site_id and n.target_attribute = a.attribute
            and {{ in_force('i.judged_on', 'a') }}
),

limited as (
    select distinct
        item_no,
        is_sure
    from {{ ref('int_network_applicable') }}
),

first_grades as (
    select
        network_id,
        min(rank) as best_rank
    from {{ source('clean', 'declared_network_grade') }}
    group by network_id
),

ranked as (
    select
        k.item_no,
        k.is_sure,
        t.network_id,
        t.target,
        g.rank as target_rank,
        b.item_no is not null as is_graded,
        p.item_no is not null as is_limited,
        b.is_hint,
        case
            when b.item_no is null then null
            when t.is_best then f.best_rank
            else coalesce(b.sure_rank, w.rank, b.last_rank)
        end as grade_rank,
        case
            when b.item_no is null then null
            when t.is_best then f.best_rank
            else coalesce(b.possible_rank, w.rank, b.last_rank)
        end as possible_rank,
        coalesce(p.n_firm, 0) as n_firm,
        p.is_attained as plain_attained,
        p.firm_attained as plain_firm
    from limited as k
    inner join targets as t on k.item_no = t.item_no
    left join best as b on k.item_no = b.item_no and k.is_sure = b.is_sure
    left join plain as p on k.item_no = p.item_no and k.is_sure = p.is_sure
    left join {{ source('clean', 'declared_network_grade') }} as g on t.network_id = g.network_id and t.target = g.grade
    left join {{ source('clean', 'declared_network_grade') }} as w
        on t.network_id = w.network_id and b.last_rank + 1 = w.rank
    left join first_grades as f on t.network_id = f.network_id
),

attained as (
    select
        *,
        case
            when grade_rank <= target_rank then true
            when possible_rank > target_rank then false
        end as grade_attained,
        is_graded and target_rank is not null as has_target
    from ranked
),

together as (
    select
        *,
        case
            when has_target and is_limited then grade_attained and plain_attained
            when has_target then grade_attained
            when is_limited then plain_attained
        end as is_attained,
        case
            when has_target and not is_hint and n_firm > 0 then grade_attained and plain_firm
            when has_target and not is_hint then grade_attained
            when n_firm > 0 then plain_firm
        end as firm_attained,
        (has_target and not is_hint) or n_firm > 0 as is_firm
    from attained
),

-- Of a grade the limit of the target is shown, or of the last better grade that has one; without a target its own.
shown as (
    select
        t.item_no,
        t.is_sure,
        coalesce(l.grade_rank <= coalesce(t.target_rank, t.grade_rank), true) as is_limit,
        row_number() over (
            partition by t.item_no, t.is_sure
            order by
                case
                    when l.grade_rank is null and l.holds is false then 0
                    when l.grade_rank is not null and t.grade_attained is false then 0
                    else 1
                end asc,
                case when l.effect = 'exceedance' then 0 else 1 end asc,
                case when l.grade_rank > coalesce(t.target_rank, t.grade_rank) then 1 else 0 end asc,
                case when l.grade_rank is null then 0 else 1 end asc,
                l.grade_rank desc nulls last,
                l.applied_high asc nulls last,
                l.applied_low desc nulls last,
                l.limit_id asc
        ) as place,
        case when l.grade_rank is null then l.limit_text else concat(l.grade, ' ', l.limit_text) end as limit_text,
        case
            when l.word_number is not null then null
            when l.value < l.applied_low or l.applied_high is null then l.applied_low
            else l.applied_high
        end as limit_value,
        l.applied_low is null and l.applied_high > 0 and l.value > l.applied_high and not coalesce(l.holds, true)
            as has_multiple,
        l.applied_high is null or coalesce(l.value < l.applied_low, false) as is_low_side,
        l.standard,
        l.clause,
        l.certainty,
        l.effect
    from together as t
    inner join {{ ref('int_network_applicable') }} as l on t.item_no = l.item_no and t.is_sure = l.is_sure
)

select
    t.item_no,
    t.is_sure,
    t.network_id,
    case when t.grade_rank is not null then t.target end as target,
    case when t.grade_rank is not null then t.target_rank end as target_rank,
    t.grade_rank,
    case when t.grade_rank <> t.possible_rank then concat('<=', g.grade) else g.grade end as grade,
    case when t.grade_rank <> t.possible_rank then concat('不劣于', g.name_zh) else g.name_zh end as grade_zh,
    t.grade_rank = t.possible_rank as is_graded_surely,
    t.is_attained,
    t.firm_attained,
    t.is_firm,
    -- Where no limit of the target or a better grade applies, the target itself is what is missed.
    case when s.is_limit then s.limit_text else coalesce(t.target, g.grade) end as limit_text,
    case when s.is_limit then s.limit_value end as limit_value,
    s.is_limit and coalesce(s.has_multiple, false) as has_multiple,
    s.is_low_side,
    s.standard,
    s.clause,
    s.certainty,
    s.effect
from together as t
left join {{ source('clean', 'declared_network_grade') }} as g
    on t.network_id = g.network_id and t.grade_rank = g.rank
left join shown as s on t.item_no = s.item_no and t.is_sure = s.is_sure and s.place = 1
