{#-
  Indicators by formula (indicator_formulas, indicator_terms), one row per area and year in which one of their terms has
  a value: sums, and ratios of sums, of return items, of indicators, of figures of networks' areas and of shares of
  registers. A term that is missing makes the figure insufficient, never smaller, and pending where it only is not over.
  Nothing of a formula is SQL: its terms are rows.
-#}
with items as (
    -- What all units of an area report alike; of an item that entities report, the sum of theirs.
    select
        v.item as source,
        v.area_code,
        max(v.area_name_zh) as area_name_zh,
        v.period_start,
        v.period_end,
        v.unit,
        case
            when count(v.value) < count(*) then null
            when max(i.area_value) = 'sum' then sum(v.value)
            when min(v.value) = max(v.value) then max(v.value)
        end as value,
        sum(v.n_suspect) as n_suspect,
        case when count(v.value) < count(*) then 'left out by flag' else 'reporting units disagree' end as doubt,
        {{ least_provenance('v.provenance') }} as provenance
    from {{ admitted('mart_returns_values') }} as v
    left join {{ declared('returns_items') }} as i on v.item = i.item
    where v.period_kind = 'year' and v.plan_ref = ''
    group by v.item, v.area_code, v.period_start, v.period_end, v.unit
),

-- Of the cases opened in a year, those closed by now: the months of mart_case_monthly, all categories together.
closed as (
    select
        register_id,
        area_code,
        area_name_zh,
        cast(date_trunc('year', period_start) as date) as year_start,
        sum(n_opened) as n_opened,
        sum(n_opened_closed) as n_closed,
        max(case when validity = 'pending' then 1 else 0 end) = 1 as is_open,
        max(case when validity = 'pending' then validity_reason end) as open_reason,
        {{ least_provenance('provenance') }} as provenance
    from {{ admitted('mart_case_monthly') }}
    where category = ''
    group by register_id, area_code, area_name_zh, date_trunc('year', period_start)
),

registers as (
    select
        *,
        cast({{ months_after('year_start', 12) }} as timestamp) > {{ as_of() }} as is_running,
        cast({{ days_after(months_after('year_start', 12), -1) }} as date) as year_end,
        case when n_opened > 0 then {{ carried_mean('100 * n_closed', 'n_opened') }} end as share_pct
    from closed
),

operands as (
    select
        'item' as operand,
        source,
        '' as variant,
        '' as figure,
        area_code,
        area_name_zh,
        period_start,
        period_end,
        unit,
        value,
        n_suspect,
        case when value is null then 'insufficient' else 'valid' end as validity,
        doubt as reason,
        provenance
    from items
    {%- for published in published_by_domains('indicators') %}
        union all
        select
            'indicator' as operand,
            indicator_id as source,
            variant,
            '' as figure,
            area_code,
            area_name_zh,
            period_start,
            period_end,
            unit,
            value,
            n_suspect,
            validity,
            validity_reason as reason,
            provenance
        from {{ admitted(published.mart) }}
        where period_kind = 'year'
    {%- endfor %}
    union all
    select
        'network' as operand,
        network_id as source,
        '' as variant,
        area_figure_id as figure,
        area_code,
        area_name_zh,
        period_start,
        period_end,
        unit,
        value,
        n_suspect,
        validity,
        validity_reason as reason,
        provenance
    from {{ admitted('mart_network_areas') }}
    where period_kind = 'year'
    union all
    select
        'register' as operand,
        register_id as source,
        '' as variant,
        'closed_share' as figure,
        area_code,
        area_name_zh,
        year_start as period_start,
        year_end as period_end,
        '%' as unit,
        case when not is_running and not is_open then share_pct end as value,
        -- Cases, no readings.
        cast(null as bigint) as n_suspect,
        case
            when is_running or is_open then 'pending'
            when share_pct is null then 'insufficient'
            else 'valid'
        end as validity,
        case
            when is_running then 'the period is not over'
            when is_open then open_reason
            when share_pct is null then 'no case was opened'
            else ''
        end as reason,
        provenance
    from registers
),

terms as (
    select
        indicator_id,
        term,
        role,
        operand,
        source,
        coalesce(variant, '') as variant,
        coalesce(figure, '') as figure,
        factor,
        unit
    from {{ declared('indicator_terms') }}
),

spans as (
    select
        t.indicator_id,
        o.area_code,
        max(o.area_name_zh) as area_name_zh,
        o.period_start,
        o.period_end
    from terms as t
    inner join operands as o
        on t.operand = o.operand and t.source = o.source and t.variant = o.variant and t.figure = o.figure
    group by t.indicator_id, o.area_code, o.period_start, o.period_end
),

parts as (
    select
        s.indicator_id,
        s.area_code,
        s.area_name_zh,
        s.period_start,
        s.period_end,
        count(*) as n_expected,
        count(o.value) as n_valid,
        cast(sum(o.n_suspect) as bigint) as n_suspect,
        max(case when t.role = 'denominator' then 1 else 0 end) as has_denominator,
        count(case when o.validity <> 'valid' then 1 end) as n_unsure,
        count(case when o.value is null and o.validity = 'pending' then 1 end) as n_pending,
        -- Wide on purpose: the factors have six decimals, too.
        sum(case when t.role <> 'denominator' then cast(o.value * t.factor as decimal(38, 12)) end) as above,
        sum(case when t.role = 'denominator' then cast(o.value * t.factor as decimal(38, 12)) end) as below,
        {{ joined(
            "case when o.value is null then concat(t.source, case when coalesce(o.reason, '') = '' then '' "
            ~ "else concat(' (', o.reason, ')') end) end",
            ', ', 't.term'
        ) }} as missing,
        {{ joined(
            "case when o.value is not null and o.validity <> 'valid' then concat(t.source, ': ', o.reason) end",
            '; ', 't.term'
        ) }} as unsure,
        {{ least_provenance('o.provenance') }} as provenance
    from spans as s
    inner join terms as t on s.indicator_id = t.indicator_id
    left join operands as o
        on
            t.operand = o.operand and t.source = o.source and t.variant = o.variant and t.figure = o.figure
            and t.unit = o.unit
            and s.area_code = o.area_code and s.period_start = o.period_start and s.period_end = o.period_end
    group by s.indicator_id, s.area_code, s.area_name_zh, s.period_start, s.period_end
),

figures as (
    select
        p.*,
        f.name_zh,
        f.unit,
        f.standard,
        f.clause,
        f.decimals,
        -- Factor and divisor are whole numbers.
        p.above * cast(f.factor as decimal(18, 0)) as numerator,
        case when p.has_denominator = 1 then p.below else 1 end * cast(f.divisor as decimal(18, 0)) as denominator
    from parts as p
    inner join {{ declared('indicator_formulas') }} as f on p.indicator_id = f.indicator_id
),

rounded as (
    select
        *,
        case
            when n_valid = n_expected and abs(numerator) < {{ largest_exact() }}
                then {{ round_even_by(exact_quotient('numerator', 'denominator', 12), 'decimals') }}
        end as figure
    from figures
)

select
    indicator_id,
    name_zh as indicator_name_zh,
    area_code,
    area_name_zh,
    'year' as period_kind,
    period_start,
    period_end,
    '' as variant,
    cast(figure as decimal(18, 6)) as value,
    unit,
    cast(n_expected as bigint) as n_expected,
    cast(n_valid as bigint) as n_valid,
    n_suspect,
    {{ coverage('n_valid', 'n_expected') }} as coverage,
    case
        when n_pending > 0 and n_valid + n_pending = n_expected then 'pending'
        when figure is null then 'insufficient'
        when n_unsure > 0 then 'indicative'
        else 'valid'
    end as validity,
    case
        when n_valid < n_expected then concat('missing: ', missing)
        when figure is null and denominator = 0 then 'denominator is zero'
        when figure is null then 'too large to be exact'
        else coalesce(unsure, '')
    end as validity_reason,
    standard,
    clause,
    provenance
from rounded
