{#-
  The annual values, and the year to date, of all that the plan promises, each with its series: the indicators as they
  stand in mart_indicator_values, and what responsible units report of a commitment, in the unit of the plan.
-#}
with reported as (
    -- Two units that report different values for one commitment leave it open which holds.
    select
        t.plan_id,
        'year' as period_kind,
        v.period_start,
        v.period_end,
        '' as variant,
        case when count(v.value) = count(*) and min(v.value) = max(v.value) then max(v.value) end as value,
        t.unit,
        count(*) as n_expected,
        count(v.value) as n_valid,
        case when count(v.value) < count(*) then 'left out by flag' else 'reporting units disagree' end as doubt,
        {{ least_provenance('v.provenance') }} as provenance
    from {{ ref('int_plan_targets') }} as t
    inner join {{ admitted('mart_returns_values') }} as v
        on t.value_item = v.item and v.plan_ref = concat('commitment:', t.plan_id)
    where v.period_kind = 'year' and v.area_code = '{{ var("area_code") }}'
    group by t.plan_id, v.period_start, v.period_end, t.unit
),

figures as (
    select
        t.plan_id,
        v.period_kind,
        v.period_start,
        v.period_end,
        v.variant,
        v.value,
        v.unit,
        v.n_expected,
        v.n_valid,
        v.coverage,
        v.validity,
        v.validity_reason,
        v.standard,
        v.clause,
        v.provenance,
        v.is_preferred,
        case
            when v.domain = 'returns' or v.variant = t.reported_variant or t.judged_method = 'reported' then 'reported'
            else 'measured'
        end as method,
        v.variant in (t.judged_variant, t.reported_variant) as is_series
    from {{ ref('int_plan_targets') }} as t
    inner join {{ ref('mart_indicator_values') }} as v on t.plan_id = v.indicator_id
    where
        t.value_item = '' and v.area_code = '{{ var("area_code") }}'
        and v.period_kind in ('year', 'year_to_date')
    union all
    select
        plan_id,
        period_kind,
        period_start,
        period_end,
        variant,
        value,
        unit,
        n_expected,
        n_valid,
        {{ coverage('n_valid', 'n_expected') }} as coverage,
        case when value is null then 'insufficient' else 'valid' end as validity,
        case when value is null then doubt else '' end as validity_reason,
        '朝阳区“十四五”规划' as standard,
        'reported by the responsible unit' as clause,
        provenance,
        true as is_preferred,
        'reported' as method,
        true as is_series
    from reported
)

select
    *,
    cast(extract(year from period_start) as bigint) as year,
    period_kind = 'year' and value is not null and validity in ('valid', 'indicative') as is_usable
from figures
