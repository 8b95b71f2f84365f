{#-
  Indicators that come from yearly returns, by the formulas of the seed: a share of two sums of items, or the reported
  value itself. An item that is missing makes the indicator insufficient, never smaller.
-#}
with yearly as (
    -- Two units that report different values for one item leave it open which holds: no value.
    select
        item,
        unit,
        period_start,
        period_end,
        case when min(value) = max(value) then max(value) end as value,
        {{ least_provenance('provenance') }} as provenance
    from {{ ref('mart_returns_values') }}
    where period_kind = 'year' and plan_ref = '' and area_code = '{{ var("area_code") }}'
    group by item, unit, period_start, period_end
),

provenance_of_year as (
    select
        period_start,
        {{ least_provenance('provenance') }} as provenance
    from yearly
    group by period_start
),

formulas as (
    select
        indicator_id,
        coalesce(variant, '') as variant,
        role,
        item,
        item_unit,
        unit,
        decimals,
        standard,
        clause
    from {{ ref('returns_formulas') }}
),

years_of_indicator as (
    select distinct
        f.indicator_id,
        v.period_start,
        v.period_end
    from formulas as f
    inner join yearly as v on f.item = v.item
    where f.variant <> 'reported'
),

years as (
    select distinct
        f.indicator_id,
        f.variant,
        y.period_start,
        y.period_end
    from formulas as f
    inner join years_of_indicator as y on f.indicator_id = y.indicator_id
    where f.variant = ''
    union
    select distinct
        f.indicator_id,
        f.variant,
        v.period_start,
        v.period_end
    from formulas as f
    inner join yearly as v on f.item = v.item
),

parts as (
    select
        y.indicator_id,
        y.variant,
        y.period_start,
        y.period_end,
        f.unit,
        f.decimals,
        f.standard,
        f.clause,
        count(*) as n_expected,
        count(v.value) as n_valid,
        max(case when f.role = 'denominator' then 1 else 0 end) as has_denominator,
        sum(case when f.role <> 'denominator' then v.value end) as numerator,
        sum(case when f.role = 'denominator' then v.value end) as denominator,
        {{ least_provenance('v.provenance') }} as provenance,
        {{ joined('case when v.value is null then f.item end', ', ', 'f.item') }} as missing_items
    from years as y
    inner join formulas as f on y.indicator_id = f.indicator_id and y.variant = f.variant
    left join yearly as v on f.item = v.item and f.item_unit = v.unit and y.period_start = v.period_start
    group by
        y.indicator_id, y.variant, y.period_start, y.period_end, f.unit, f.decimals, f.standard, f.clause
),

figures as (
    select
        *,
        case
            when n_valid < n_expected then null
            when has_denominator = 1
                then {{ round_even_by(exact_quotient('numerator * 100', 'denominator'), 'decimals') }}
            else {{ round_even_by('numerator', 'decimals') }}
        end as figure
    from parts
)

select
    x.indicator_id,
    coalesce(i.name_zh, x.indicator_id) as name_zh,
    '{{ var("area_code") }}' as area_code,
    '{{ var("area_name_zh") }}' as area_name_zh,
    'year' as period_kind,
    x.period_start,
    x.period_end,
    x.variant,
    cast(x.figure as decimal(18, 6)) as value,
    x.unit,
    x.n_expected,
    x.n_valid,
    {{ coverage('x.n_valid', 'x.n_expected') }} as coverage,
    case when x.figure is null then 'insufficient' else 'valid' end as validity,
    case
        when x.n_valid < x.n_expected then concat('missing item: ', x.missing_items)
        when x.figure is null then 'denominator is zero'
        else ''
    end as validity_reason,
    x.standard,
    x.clause,
    coalesce(x.provenance, p.provenance) as provenance
from figures as x
inner join provenance_of_year as p on x.period_start = p.period_start
left join {{ ref('plan_indicators_2025') }} as i on x.indicator_id = i.indicator_id
