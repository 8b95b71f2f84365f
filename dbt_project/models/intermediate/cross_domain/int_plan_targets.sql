{#-
  The 22 targets as something a value can be compared with: operator and number from the plan, from the pinned limit,
  from the baseline or from the municipality's entered number. A target that nobody has entered is not set.
-#}
with municipal as (
    select
        indicator_id,
        target_operator,
        target_value,
        document_no,
        document_date,
        row_number() over (partition by indicator_id order by document_date desc) as nth
    from {{ declared('municipal_targets') }}
)

select
    p.indicator_id,
    p.seq,
    p.theme_zh,
    p.name_zh,
    p.unit,
    p.obligation,
    p.baseline_year,
    p.baseline_value,
    p.target_year,
    cast(concat(cast(p.target_year as string), '-12-31') as date) as target_year_end,
    p.target_operator,
    p.target_text_zh,
    p.note_zh,
    j.domain,
    j.better,
    coalesce(j.judged_variant, '') as judged_variant,
    j.incomparable_variant,
    coalesce(j.needs_baseline_scope and not coalesce(s.is_declared, false), false) as lacks_baseline_scope,
    case
        when m.indicator_id is not null then m.target_operator
        when p.target_operator = 'standard' then '<='
        when p.target_operator = 'improve' then '>'
        when p.target_operator = 'decline' then '<'
        when p.target_operator = 'eliminate' then '<='
        when p.target_operator in ('<=', '>=', '<', '>') then p.target_operator
    end as judged_operator,
    case
        when m.indicator_id is not null then m.target_value
        when p.target_operator = 'standard' then l.limit_value
        when p.target_operator in ('improve', 'decline') then p.baseline_value
        else p.target_value
    end as judged_against,
    case
        when m.indicator_id is not null
            then concat('municipal: ', m.document_no, ' (', cast(m.document_date as string), ')')
        when p.target_operator = 'standard' then concat(l.standard, ', grade ', cast(l.grade as string))
        when p.target_operator in ('improve', 'decline') then 'plan: baseline'
        else 'plan'
    end as target_source
from {{ ref('plan_indicators_2025') }} as p
inner join {{ ref('plan_judgement') }} as j on p.indicator_id = j.indicator_id
left join municipal as m on p.indicator_id = m.indicator_id and m.nth = 1
left join {{ declared('plan_baseline_scopes') }} as s
    on p.indicator_id = s.indicator_id and p.baseline_year = s.baseline_year
left join {{ ref('gb3095_limits') }} as l
    on
        j.limit_pollutant = l.pollutant
        and j.limit_averaging = l.averaging
        and j.limit_grade = l.grade
        and j.limit_standard = l.standard
