{#-
  Indicators that come from yearly returns, by the formulas of the seed: a share of two sums of items, the reported
  value itself, or its sum over the years of the plan. An item or year that is missing makes the indicator
  insufficient, never smaller. Every area that reports has its own rows.
-#}
with provenance_of_year as (
    select
        area_code,
        period_start,
        {{ least_provenance('provenance') }} as provenance
    from {{ ref('int_returns_yearly') }}
    group by area_code, period_start
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
        cumulative_from,
        standard,
        clause
    from {{ ref('returns_formulas') }}
),

delivered as (
    select distinct
        f.indicator_id,
        f.variant,
        v.area_code,
        v.period_start,
        v.period_end
    from formulas as f
    inner join {{ ref('int_returns_yearly') }} as v
        on f.item = v.item and extract(year from v.period_start) >= coalesce(f.cumulative_from, 0)
),

years as (
    -- The first variant is in every year that has an item of the indicator, so that its absence shows.
    select
        f.indicator_id,
        f.variant,
        d.area_code,
        d.period_start,
        d.period_end
    from formulas as f
    -- 'reported' is the statistical value of a measured indicator, no sign that its own items are due.
    inner join delivered as d on f.indicator_id = d.indicator_id and d.variant <> 'reported'
    where f.variant = ''
    union
    select
        indicator_id,
        variant,
        area_code,
        period_start,
        period_end
    from delivered
),

wanted as (
    select
        y.indicator_id,
        y.variant,
        y.area_code,
        y.period_start,
        y.period_end,
        f.role,
        f.item,
        f.item_unit,
        f.unit,
        f.decimals,
        f.cumulative_from,
        f.standard,
        f.clause,
        coalesce(p.period_start, y.period_start) as item_start
    from years as y
    inner join formulas as f on y.indicator_id = f.indicator_id and y.variant = f.variant
    -- Of a sum over the plan every year since cumulative_from is wanted; else p is empty and the year itself is.
    left join {{ ref('int_year_periods') }} as p
        on
            p.period_kind = 'year'
            and f.cumulative_from <= extract(year from p.period_start)
            and y.period_start >= p.period_start
),

parts as (
    select
        w.indicator_id,
        w.variant,
        w.area_code,
        w.period_start,
        w.period_end,
        w.unit,
        w.decimals,
        coalesce(max(v.standard), w.standard) as standard,
        coalesce(max(v.clause), w.clause) as clause,
        count(*) as n_expected,
        count(v.value) as n_valid,
        coalesce(sum(v.n_suspect), 0) as n_suspect,
        max(case when w.role = 'denominator' then 1 else 0 end) as has_denominator,
        sum(case when w.role <> 'denominator' then v.value end) as numerator,
        sum(case when w.role = 'denominator' then v.value end) as denominator,
        {{ least_provenance('v.provenance') }} as provenance,
        {{ joined('v.remark', ';', 'v.remark') }} as remarks,
        {{ joined(
            "case when v.value is null then concat(w.item, case when w.cumulative_from is null then '' "
            ~ "else concat(' of ', cast(extract(year from w.item_start) as string)) end) end",
            ', ', 'w.item, w.item_start'
        ) }} as missing_items,
        {{ joined(
            "case when v.value is null then concat(case when w.cumulative_from is null then '' "
            ~ "else concat(cast(extract(year from w.item_start) as string), ' 年') end, coalesce(n.name_zh, w.item)) end",
            ', ', 'w.item, w.item_start'
        ) }} as missing_items_zh
    from wanted as w
    left join {{ declared('returns_items') }} as n on w.item = n.item
    left join {{ ref('int_returns_yearly') }} as v
        on
            w.area_code = v.area_code
            and w.item = v.item
            and w.item_unit = v.unit
            and w.item_start = v.period_start
    group by
        w.indicator_id, w.variant, w.area_code, w.period_start, w.period_end, w.unit, w.decimals, w.standard, w.clause
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
    coalesce(i.name_zh, c.name_zh, t.name_zh, x.indicator_id) as indicator_name_zh,
    x.area_code,
    {{ area_name('x.area_code', 'a.name_zh') }} as area_name_zh,
    {{ area_level('x.area_code') }} as area_level,
    'year' as period_kind,
    x.period_start,
    x.period_end,
    x.variant,
    cast(x.figure as decimal(18, 6)) as value,
    x.unit,
    x.n_expected,
    x.n_valid,
    cast(x.n_suspect as bigint) as n_suspect,
    {{ coverage('x.n_valid', 'x.n_expected') }} as coverage,
    case when x.figure is null then 'insufficient' else 'valid' end as validity,
    case
        when x.n_valid < x.n_expected
            then concat_ws(';', {{ reason('items_missing', 'x.missing_items', 'x.missing_items_zh') }}, x.remarks)
        when x.figure is null then {{ reason('denominator_is_zero') }}
        else coalesce(x.remarks, '')
    end as validity_reason,
    x.standard,
    x.clause,
    coalesce(x.provenance, p.provenance) as provenance
from figures as x
inner join provenance_of_year as p on x.area_code = p.area_code and x.period_start = p.period_start
left join {{ ref('plan_indicators') }} as i on x.indicator_id = i.indicator_id
left join {{ ref('plan_commitments') }} as c on x.indicator_id = c.commitment_id
left join {{ declared('returns_items') }} as t on x.indicator_id = t.item
left join {{ ref('stg_area_name') }} as a on x.area_code = a.area_code
