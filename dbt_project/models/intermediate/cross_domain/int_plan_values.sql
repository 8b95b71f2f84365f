{#-
  The annual values, and the year to date, of all that the plan promises, each with its series: the indicators as they
  are in mart_indicator_values, and what responsible units report of a commitment, in the unit of the plan. What a unit
  reports of a measured commitment counts for the years in which nothing measured it; a key project that is the same
  promise (seed plan_shared_promises) reports for its commitment, too.
-#}
with reports as (
    select
        t.plan_id,
        t.promise_id,
        t.unit,
        t.value_item,
        t.document_zh,
        v.period_start,
        v.period_end,
        v.value,
        v.n_suspect,
        v.provenance
    from {{ ref('int_plan_targets') }} as t
    inner join {{ admitted('mart_returns_values') }} as v
        on
            v.plan_ref = concat(t.ref_prefix, 'commitment:', t.promise_id)
            and v.item = case when t.value_item = '' then 'commitment_progress' else t.value_item end
    where v.period_kind = 'year' and v.area_code = t.area_code
    union all
    select
        t.plan_id,
        t.promise_id,
        t.unit,
        t.value_item,
        t.document_zh,
        v.period_start,
        v.period_end,
        v.value,
        v.n_suspect,
        v.provenance
    from {{ ref('int_plan_targets') }} as t
    inner join {{ declared('plan_shared_promises') }} as s on t.plan_id = s.plan_id and t.promise_id = s.commitment_id
    inner join {{ admitted('mart_returns_values') }} as v
        on v.plan_ref = concat(t.ref_prefix, 'project:', cast(s.project_no as string)) and s.project_item = v.item
    where v.period_kind = 'year' and v.area_code = t.area_code
),

reported as (
    -- Two reports that differ leave it open which holds.
    select
        plan_id,
        promise_id,
        unit,
        document_zh,
        value_item = '' as is_stand_in,
        period_start,
        period_end,
        case when count(value) = count(*) and min(value) = max(value) then max(value) end as value,
        count(*) as n_expected,
        count(value) as n_valid,
        cast(sum(n_suspect) as bigint) as n_suspect,
        case when count(value) < count(*) then 'left out by flag' else 'reporting units disagree' end as doubt,
        {{ least_provenance('provenance') }} as provenance
    from reports
    group by plan_id, promise_id, unit, document_zh, value_item, period_start, period_end
),

-- Which row of an indicator counts is each plan's own to say.
indicators as (
    select
        t.plan_id,
        t.promise_id,
        t.judged_variant,
        t.reported_variant,
        t.judged_method,
        v.*,
        case
            when v.variant = t.judged_variant and v.value is not null then 1
            when v.variant = t.reported_variant and v.value is not null then 2
            when v.variant = t.judged_variant then 3
            when v.variant = t.reported_variant then 4
        end as place
    from {{ ref('int_plan_targets') }} as t
    inner join {{ ref('mart_indicator_values') }} as v on t.promise_id = v.indicator_id and t.area_code = v.area_code
    where t.value_item = '' and v.period_kind in ('year', 'year_to_date')
),

figures as (
    select
        v.plan_id,
        v.promise_id,
        v.period_kind,
        v.period_start,
        v.period_end,
        v.variant,
        v.value,
        v.unit,
        v.n_expected,
        v.n_valid,
        v.n_suspect,
        v.coverage,
        v.validity,
        v.validity_reason,
        v.standard,
        v.clause,
        v.provenance,
        coalesce(
            v.place = min(v.place) over (partition by v.plan_id, v.promise_id, v.period_kind, v.period_start), false
        ) as is_preferred,
        false as is_stand_in,
        case
            when v.domain = 'returns' or v.variant = v.reported_variant or v.judged_method = 'reported' then 'reported'
            else 'measured'
        end as method,
        v.variant in (v.judged_variant, v.reported_variant) as is_series
    from indicators as v
    union all
    select
        plan_id,
        promise_id,
        'year' as period_kind,
        period_start,
        period_end,
        case when is_stand_in then 'plan_report' else '' end as variant,
        value,
        unit,
        n_expected,
        n_valid,
        n_suspect,
        {{ coverage('n_valid', 'n_expected') }} as coverage,
        case when value is null then 'insufficient' else 'valid' end as validity,
        case when value is null then doubt else '' end as validity_reason,
        document_zh as standard,
        'reported by the responsible unit' as clause,
        provenance,
        not is_stand_in as is_preferred,
        is_stand_in,
        'reported' as method,
        true as is_series
    from reported
),

ranked as (
    select
        *,
        row_number() over (
            partition by plan_id, promise_id, period_kind, period_start
            order by
                case
                    when is_preferred and value is not null then 1
                    when is_stand_in and value is not null then 2
                    when is_preferred then 3
                    when is_stand_in then 4
                    else 5
                end,
                variant
        ) as place
    from figures
)

select
    plan_id,
    promise_id,
    period_kind,
    period_start,
    period_end,
    variant,
    value,
    unit,
    n_expected,
    n_valid,
    n_suspect,
    coverage,
    validity,
    validity_reason,
    standard,
    clause,
    provenance,
    place = 1 and (is_preferred or is_stand_in) as is_preferred,
    method,
    is_series,
    cast(extract(year from period_start) as bigint) as year,
    period_kind = 'year' and value is not null and validity in ('valid', 'indicative') as is_usable
from ranked
