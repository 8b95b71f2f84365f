{#-
  What the plan promises as something a value can be compared with: indicators and commitments of every plan, operator and
  number from the plan, from the pinned limit, from the baseline or from the municipality's entered number. A number
  of the municipality counts only with document number and date, and wins wherever the plan's text leaves the number to
  the municipality (seed column municipal_text_zh).
-#}
{#- The plan that seeds/plan/plans.csv delivers: what the municipality sets is set for it. -#}
{%- set delivered_plan = 'chaoyang_2025' %}
with municipal as (
    select
        indicator_id,
        target_operator,
        target_value,
        document_no,
        document_date,
        row_number() over (partition by indicator_id order by document_date desc, document_no desc) as nth
    from {{ declared('municipal_targets') }}
    where
        coalesce(document_no, '') <> '' and document_date is not null
        and target_value is not null and target_operator in ('<=', '>=', '<', '>')
),

promised as (
    select
        p.plan_id,
        'indicator' as promise_kind,
        p.indicator_id as promise_id,
        p.unit,
        p.baseline_year,
        p.baseline_value,
        p.target_year,
        p.target_operator,
        p.target_value,
        p.target_text_zh,
        p.note_zh,
        j.domain,
        '' as value_item,
        j.better,
        j.judged_variant,
        'measured' as judged_method,
        'reported' as reported_variant,
        j.incomparable_variant,
        j.comparable_standard,
        j.series_from_year,
        j.range_low,
        j.range_high,
        j.municipal_text_zh,
        coalesce(j.is_judged_each_year, false) as is_judged_each_year,
        false as counts_from_zero,
        j.needs_baseline_scope,
        null as unmeasured_reason,
        j.limit_pollutant,
        j.limit_averaging,
        j.limit_grade,
        j.limit_standard
    from {{ declared('plan_indicators') }} as p
    inner join {{ declared('plan_judgement') }} as j on p.plan_id = j.plan_id and p.indicator_id = j.indicator_id
    union all
    select
        p.plan_id,
        'commitment' as promise_kind,
        p.commitment_id as promise_id,
        coalesce(j.value_unit, p.unit) as unit,
        p.baseline_year,
        p.baseline_value,
        p.target_year,
        p.target_operator,
        p.target_value,
        p.target_text_zh,
        p.note_zh,
        j.domain,
        coalesce(j.value_item, '') as value_item,
        j.better,
        j.judged_variant,
        j.judged_method,
        coalesce(j.reported_variant, 'reported') as reported_variant,
        null as incomparable_variant,
        null as comparable_standard,
        null as series_from_year,
        j.range_low,
        j.range_high,
        j.municipal_text_zh,
        coalesce(j.is_judged_each_year, false) as is_judged_each_year,
        coalesce(j.counts_from_zero, false) as counts_from_zero,
        false as needs_baseline_scope,
        case when j.source_kind = 'not_measured' then j.note end as unmeasured_reason,
        null as limit_pollutant,
        null as limit_averaging,
        null as limit_grade,
        null as limit_standard
    from {{ declared('plan_commitments') }} as p
    inner join {{ declared('commitment_judgement') }} as j
        on p.plan_id = j.plan_id and p.commitment_id = j.commitment_id
),

left_to_the_municipality as (
    select
        p.*,
        m.target_operator as municipal_operator,
        m.target_value as municipal_value,
        m.document_no,
        m.document_date
    from promised as p
    left join municipal as m
        on
            p.plan_id = '{{ delivered_plan }}' and p.promise_id = m.indicator_id
            and m.nth = 1 and p.municipal_text_zh is not null
)

select
    p.plan_id,
    n.name_zh as plan_name_zh,
    n.document_zh,
    coalesce(n.ref_prefix, '') as ref_prefix,
    coalesce(n.area_code, '{{ sql_text("area_code") }}') as area_code,
    p.promise_kind,
    p.promise_id,
    p.unit,
    p.baseline_year,
    p.baseline_value,
    p.target_year,
    cast(concat(cast(p.target_year as string), '-12-31') as date) as target_year_end,
    p.target_operator,
    p.target_text_zh,
    p.note_zh,
    p.domain,
    p.value_item,
    p.better,
    concat(coalesce(p.judged_variant, ''), coalesce(y.suffix, '')) as judged_variant,
    p.judged_method,
    concat(p.reported_variant, coalesce(y.suffix, '')) as reported_variant,
    p.incomparable_variant,
    p.comparable_standard,
    p.series_from_year,
    p.range_low,
    p.range_high,
    p.is_judged_each_year,
    p.counts_from_zero,
    p.unmeasured_reason,
    p.municipal_operator is not null as is_municipal,
    coalesce(n.first_year, cast(r.plan_first_year as bigint)) as first_year,
    coalesce(p.needs_baseline_scope and not coalesce(b.is_declared, false), false) as lacks_baseline_scope,
    case
        when p.municipal_operator is not null then p.municipal_operator
        when p.target_operator in ('standard', 'eliminate') then '<='
        when p.target_operator in ('improve', 'decline') then case p.better when 'lower' then '<' else '>' end
        when p.target_operator = 'meets' then '>='
        when p.target_operator in ('<=', '>=', '<', '>') then p.target_operator
    end as judged_operator,
    case
        when p.municipal_operator is not null then p.municipal_value
        when p.target_operator = 'standard' then l.limit_value
        when p.target_operator in ('improve', 'decline') then p.baseline_value
        when p.target_operator = 'meets' then r.plan_finding_attained
        else p.target_value
    end as judged_against,
    case
        when p.municipal_operator is not null
            then concat('municipal: ', p.document_no, ' (', cast(p.document_date as string), ')')
        when p.target_operator = 'standard' then concat(l.standard, ', grade ', cast(l.grade as string))
        when p.target_operator in ('improve', 'decline') then 'plan: baseline'
        when p.target_operator = 'meets' then 'plan: text, by the finding of the responsible unit'
        else 'plan'
    end as target_source
from left_to_the_municipality as p
inner join {{ declared('plans') }} as n on p.plan_id = n.plan_id
inner join {{ ref('int_plan_rules') }} as r
    on {{ in_force(last_complete_day(), 'r') }}
left join {{ ref('int_plan_base_year') }} as y on p.plan_id = y.plan_id and p.promise_id = y.indicator_id
left join {{ declared('plan_baseline_scopes') }} as b
    on
        p.plan_id = '{{ delivered_plan }}' and p.promise_id = b.indicator_id
        and p.baseline_year = b.baseline_year
left join {{ ref('gb3095_limits') }} as l
    on
        p.limit_pollutant = l.pollutant
        and p.limit_averaging = l.averaging
        and p.limit_grade = l.grade
        and p.limit_standard = l.standard
