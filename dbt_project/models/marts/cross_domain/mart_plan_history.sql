{#-
  What each plan prints of the years before it (actual, target, outcome), whether the printed outcome agrees with the
  printed numbers, and next to them what our own data say of the same indicator and year. Texts stay texts.
-#}
with own as (
    select
        *,
        cast(extract(year from period_start) as bigint) as year
    from {{ ref('mart_indicator_values') }}
    where is_preferred and period_kind = 'year'
),

compared as (
    select
        p.*,
        n.name_zh as plan_name_zh,
        o.year as own_year,
        case when o.validity in ('valid', 'indicative') then o.value end as own_value,
        o.unit as own_unit,
        o.variant as own_variant,
        o.n_expected,
        o.n_valid,
        o.n_suspect,
        o.coverage,
        o.validity,
        o.validity_reason,
        o.standard,
        o.clause,
        o.provenance as own_provenance,
        o.domain_state,
        coalesce(p.actual_year < j.series_from_year, false) as is_other_count,
        {{ attains('p.target_operator', 'p.actual_value', 'p.target_value') }} as is_attained
    from {{ declared('plan_history') }} as p
    inner join {{ declared('plans') }} as n on p.plan_id = n.plan_id
    left join {{ declared('plan_judgement') }} as j on p.plan_id = j.plan_id and p.indicator_id = j.indicator_id
    left join own as o
        on
            p.indicator_id = o.indicator_id
            and p.actual_year = o.year
            and coalesce(n.area_code, '{{ sql_text("area_code") }}') = o.area_code
)

select
    c.plan_id,
    c.plan_name_zh,
    c.indicator_id,
    c.seq,
    c.theme_zh,
    c.name_zh as indicator_name_zh,
    c.unit,
    c.actual_year,
    c.actual_value,
    c.actual_text_zh,
    c.target_operator,
    c.target_value,
    c.target_text_zh,
    c.outcome as printed_outcome,
    coalesce(c.outcome_zh, '') as printed_outcome_zh,
    case when c.is_attained then 'met' when not c.is_attained then 'missed' end as outcome_of_the_numbers,
    case
        when c.is_attained is not null then (c.outcome = 'met') = c.is_attained
    end as outcome_agrees,
    case
        when c.is_attained is not null then ''
        when c.actual_value is null then 'the plan prints a text'
        else 'the plan prints no number as target'
    end as outcome_reason,
    c.provenance,
    c.own_year,
    c.own_value,
    c.own_unit,
    c.own_variant,
    case
        when c.own_unit = c.unit and not c.is_other_count then cast(c.own_value - c.actual_value as decimal(18, 6))
    end as own_less_printed,
    case
        when c.own_year is null then 'no figure of this indicator and year'
        when c.own_value is null then concat_ws('; ', c.validity, nullif(c.validity_reason, ''))
        when c.own_unit <> c.unit then concat('our figure is in ', c.own_unit, ', the plan in ', c.unit)
        when c.is_other_count then 'our figure is of the year, the printed one of the whole plan before'
        when c.actual_value is null then 'the plan prints a text'
        else ''
    end as own_reason,
    c.n_expected,
    c.n_valid,
    c.n_suspect,
    c.coverage,
    c.validity,
    c.standard,
    c.clause,
    c.own_provenance,
    coalesce(c.domain_state, 'fresh') as domain_state
from compared as c
