{#-
  How every published indicator comes about, one row per indicator and variant: formula in words and symbols, standards
  with their dates, inputs, cadence, validity rule, unit, rounding, owner, and what is still configurable because its
  official text was not at hand. Words come from seeds/methods; every number comes from the rule itself.
-#}
with spans as (
    {%- for seed in [
        'int_rules', 'gb3095_limits', 'gb3096_limits', 'gb3838_limits', 'aqi_breakpoints', 'noise_grades',
        'energy_standard_coal', 'energy_co2_fuel', 'energy_co2_heat'
    ] %}
        select
            standard,
            valid_from,
            valid_to
        from {{ ref(seed) }}
        where standard not in (select d.standard from {{ ref('method_documents') }} as d)
        union all
    {%- endfor %}
    select
        standard,
        valid_from,
        valid_to
    from {{ ref('method_documents') }}
),

dates as (
    select
        standard,
        min(valid_from) as valid_from,
        case when count(*) = count(valid_to) then max(valid_to) end as valid_to
    from spans
    group by standard
),

-- Returns name document and formula themselves.
returned as (
    select
        indicator_id,
        coalesce(variant, '') as variant,
        standard,
        clause,
        min(decimals) as decimals,
        {{ joined('item', '; ', "case role when 'denominator' then 1 else 0 end, item") }} as items
    from {{ ref('returns_formulas') }}
    group by indicator_id, coalesce(variant, ''), standard, clause
),

terms as (
    select
        indicator_id,
        {{ joined('source', '; ', 'term') }} as sources
    from {{ declared('indicator_terms') }}
    group by indicator_id
),

measures as (
    select
        indicator_id,
        {{ joined("concat(measure, ' of ', category)", '; ', 'term') }} as measures
    from {{ declared('waste_ratio_terms') }}
    group by indicator_id
),

-- Falls since the base years of other plans, as variants of those that are delivered.
further as (
    select distinct
        s.indicator_id,
        s.cumulative_variant,
        y.base_year,
        y.suffix
    from {{ ref('per_gdp_series') }} as s
    inner join {{ ref('int_plan_base_year') }} as y on s.indicator_id = y.indicator_id
),

methods as (
    select
        m.*,
        coalesce(m.variant, '') as method_variant,
        r.clause as returned_formula,
        r.decimals as returned_decimals,
        r.items as returned_items
    from {{ ref('indicator_methods') }} as m
    left join returned as r on m.indicator_id = r.indicator_id and coalesce(m.variant, '') = r.variant
    union all
    select
        f.indicator_id,
        '' as variant,
        f.name_zh,
        f.formula_zh,
        f.formula,
        f.feeds,
        t.sources as parameters,
        'mart_indicator_values' as mart,
        'year' as cadence,
        'every term has a value of the year' as validity_words,
        null as rule_group,
        f.unit,
        '' as method_variant,
        f.clause as returned_formula,
        f.decimals as returned_decimals,
        null as returned_items
    from {{ declared('indicator_formulas') }} as f
    inner join terms as t on f.indicator_id = t.indicator_id
    union all
    select
        m.indicator_id,
        concat(m.variant, b.suffix) as variant,
        m.name_zh,
        concat(m.formula_zh, '（基准年', cast(b.base_year as string), '）') as formula_zh,
        m.formula,
        m.feeds,
        m.parameters,
        m.mart,
        m.cadence,
        m.validity_words,
        m.rule_group,
        m.unit,
        concat(m.variant, b.suffix) as method_variant,
        null as returned_formula,
        null as returned_decimals,
        null as returned_items
    from {{ ref('indicator_methods') }} as m
    inner join further as b on m.indicator_id = b.indicator_id and m.variant = b.cumulative_variant
    union all
    -- Rates of waste that a user declares.
    select
        r.indicator_id,
        '' as variant,
        r.name_zh,
        r.formula_zh,
        r.clause as formula,
        'waste' as feeds,
        t.measures as parameters,
        'mart_waste_indicators' as mart,
        'month, quarter, year and year to date' as cadence,
        'every term has a value, and enough loads count' as validity_words,
        'waste_ratio' as rule_group,
        r.unit,
        '' as method_variant,
        r.clause as returned_formula,
        r.decimals as returned_decimals,
        null as returned_items
    from {{ declared('waste_ratios') }} as r
    inner join measures as t on r.indicator_id = t.indicator_id
    left join {{ ref('indicator_methods') }} as m on r.indicator_id = m.indicator_id
    where m.indicator_id is null
),

followed as (
    select
        m.indicator_id,
        m.method_variant,
        s.seq,
        s.standard,
        s.clause
    from methods as m
    inner join {{ ref('method_standards') }} as s on m.rule_group = s.rule_group
    union all
    select
        indicator_id,
        variant as method_variant,
        0 as seq,
        standard,
        clause
    from returned
    union all
    select
        indicator_id,
        '' as method_variant,
        0 as seq,
        standard,
        clause
    from {{ declared('indicator_formulas') }}
    union all
    select
        r.indicator_id,
        '' as method_variant,
        0 as seq,
        r.standard,
        r.clause
    from {{ declared('waste_ratios') }} as r
),

standards as (
    select
        f.indicator_id,
        f.method_variant,
        {{ joined('f.standard', '; ', 'f.seq, f.standard') }} as standard,
        {{ joined('f.clause', '; ', 'f.seq, f.standard') }} as clause,
        {{ joined(
            "concat(f.standard, ': ', " ~ span_in_words('d.valid_from', 'd.valid_to') ~ ")", '; ', 'f.seq, f.standard'
        ) }} as standard_dates
    from followed as f
    left join dates as d on f.standard = d.standard
    group by f.indicator_id, f.method_variant
),

rules as (
    select
        g.rule_group,
        g.role,
        g.seq,
        r.rule_id,
        r.certainty,
        r.is_overridden,
        r.valid_from,
        {{ in_force(last_complete_day(), 'r') }} as is_in_force,
        coalesce({{ plain_number('r.rule_value') }}, 'not entered') as number,
        concat(
            r.rule_id, ' = ', coalesce({{ plain_number('r.rule_value') }}, 'not entered'), ' [', r.unit, '] (',
            r.standard, ', ', {{ span_in_words('r.valid_from', 'r.valid_to') }}, ')'
        ) as words
    from {{ ref('method_rules') }} as g
    inner join {{ ref('int_rules') }} as r on g.rule_id = r.rule_id
),

ruled as (
    select
        rule_group,
        {{ joined("case when role = 'validity' then words end", '; ', 'seq, valid_from') }} as validity_numbers,
        {{ joined("case when role = 'rounding' then words end", '; ', 'seq, valid_from') }} as rounding,
        {{ joined("case when role = 'method' then words end", '; ', 'seq, valid_from') }} as choices,
        {{ joined(
            "case when is_in_force and certainty in ('low', 'medium') then concat("
            ~ "'[standards.rules] ', rule_id, ' = ', number, ' (certainty ', certainty,"
            ~ " case when is_overridden then ', overridden' else '' end, ')') end",
            '; ', 'role, seq, valid_from'
        ) }} as configurable,
        count(case when is_in_force and certainty in ('low', 'medium') then 1 end) as n_configurable
    from rules
    group by rule_group
),

-- An office may answer for several feeds.
offices as (
    select
        m.indicator_id,
        m.method_variant,
        f.owner,
        min(f.feed) as first_feed
    from methods as m
    inner join {{ ref('int_feeds') }} as f
        on concat(';', m.feeds, ';') like concat('%;', f.feed, ';%')
    group by m.indicator_id, m.method_variant, f.owner
),

owned as (
    select
        indicator_id,
        method_variant,
        {{ joined('owner', '; ', 'first_feed') }} as owner
    from offices
    group by indicator_id, method_variant
),

score_parts as (
    select
        score_id,
        {{ joined("concat(part_id, ' = ', indicator)", '; ', 'part_id, valid_from') }} as indicators,
        {{ joined(
            "concat(" ~ plain_number('weight') ~ ", ' ', part_id, ' (', " ~ score_part_words() ~ ", ')')",
            ' + ', 'part_id, valid_from'
        ) }} as words,
        {{ joined(
            "concat(name_zh, '（权重', " ~ plain_number('weight') ~ ", '，', " ~ score_part_words(zh=true) ~ ", '）')",
            '；', 'part_id, valid_from'
        ) }} as words_zh
    from {{ declared('composite_parts') }}
    group by score_id
),

judged_variants as (
    select
        indicator_id,
        judged_variant
    from {{ ref('plan_judgement') }}
    union all
    select
        commitment_id as indicator_id,
        judged_variant
    from {{ ref('commitment_judgement') }}
    where source_kind = 'indicator'
)

select
    m.indicator_id,
    m.method_variant as variant,
    coalesce(i.name_zh, c.name_zh, m.name_zh) as indicator_name_zh,
    case
        when i.indicator_id is not null then 'indicator'
        when c.commitment_id is not null then 'commitment'
        else 'statistic'
    end as promised_as,
    coalesce(j.indicator_id is not null and coalesce(j.judged_variant, '') = m.method_variant, false) as is_judged,
    m.formula_zh,
    coalesce(m.formula, m.returned_formula, '') as formula,
    coalesce(s.standard, '') as standard,
    coalesce(s.clause, '') as clause,
    coalesce(s.standard_dates, '') as standard_dates,
    m.feeds,
    coalesce(m.parameters, m.returned_items, '') as parameters,
    m.mart,
    m.cadence,
    concat_ws(': ', m.validity_words, r.validity_numbers) as validity_rule,
    coalesce(i.unit, k.value_unit, c.unit, m.unit) as unit,
    coalesce(
        r.rounding,
        case when m.returned_decimals is not null then concat(cast(m.returned_decimals as string), ' decimals') end,
        'as declared with the series'
    ) as rounding,
    coalesce(r.choices, '') as choices,
    coalesce(o.owner, '') as owner,
    coalesce(r.configurable, '') as configurable,
    cast(coalesce(r.n_configurable, 0) as bigint) as n_configurable
from methods as m
left join standards as s on m.indicator_id = s.indicator_id and m.method_variant = s.method_variant
left join ruled as r on m.rule_group = r.rule_group
left join owned as o on m.indicator_id = o.indicator_id and m.method_variant = o.method_variant
left join judged_variants as j on m.indicator_id = j.indicator_id
left join {{ ref('plan_indicators') }} as i on m.indicator_id = i.indicator_id
left join {{ ref('plan_commitments') }} as c on m.indicator_id = c.commitment_id
left join {{ ref('commitment_judgement') }} as k on m.indicator_id = k.commitment_id
union all
-- Figures of areas of declared networks say themselves how they come about.
select
    a.indicator_id,
    '' as variant,
    coalesce(i.name_zh, c.name_zh, a.name_zh) as indicator_name_zh,
    case
        when i.indicator_id is not null then 'indicator'
        when c.commitment_id is not null then 'commitment'
        else 'statistic'
    end as promised_as,
    coalesce(j.indicator_id is not null and coalesce(j.judged_variant, '') = '', false) as is_judged,
    {{ area_formula('a.statistic', zh=true) }} as formula_zh,
    {{ area_formula('a.statistic') }} as formula,
    coalesce(nullif(a.standard, ''), concat('declaration of ', a.network_id)) as standard,
    coalesce(a.clause, '') as clause,
    concat(
        coalesce(nullif(a.standard, ''), concat('declaration of ', a.network_id)), ': ',
        {{ span_in_words('null', 'null') }}
    ) as standard_dates,
    a.network_id as feeds,
    concat_ws(': ', nullif(a.parameter, ''), nullif(a.figure_id, '')) as parameters,
    'mart_network_areas' as mart,
    a.period_kind as cadence,
    concat(
        'share of the registered sites that have a value: ', r.rule_id, ' = ', {{ plain_number('r.rule_value') }},
        ' (', {{ span_in_words('r.valid_from', 'r.valid_to') }}, ')'
    ) as validity_rule,
    coalesce(i.unit, c.unit, a.unit) as unit,
    concat(cast(a.decimals as string), ' decimals') as rounding,
    '' as choices,
    coalesce(f.owner, '') as owner,
    concat(
        '[standards.rules] ', r.rule_id, ' = ', {{ plain_number('r.rule_value') }}, ' (certainty ', r.certainty,
        case when r.is_overridden then ', overridden' else '' end, ')'
    ) as configurable,
    cast(1 as bigint) as n_configurable
from {{ ref('stg_network_area') }} as a
inner join {{ ref('int_rules') }} as r
    on r.rule_id = 'network_area_min_coverage' and {{ in_force(last_complete_day(), 'r') }}
left join {{ ref('int_feeds') }} as f on a.network_id = f.feed
left join judged_variants as j on a.indicator_id = j.indicator_id
left join {{ ref('plan_indicators') }} as i on a.indicator_id = i.indicator_id
left join {{ ref('plan_commitments') }} as c on a.indicator_id = c.commitment_id
where
    coalesce(a.indicator_id, '') <> ''
    and not exists (
        select 1 from methods as m
        where a.indicator_id = m.indicator_id and m.method_variant = ''
    )
union all
-- Composite scores are made of declared parts.
select
    s.score_id as indicator_id,
    '' as variant,
    s.name_zh as indicator_name_zh,
    'statistic' as promised_as,
    false as is_judged,
    {{ score_formula(zh=true) }} as formula_zh,
    {{ score_formula() }} as formula,
    s.document as standard,
    coalesce(s.clause, '') as clause,
    concat(s.document, ': ', {{ span_in_words('null', 'null') }}) as standard_dates,
    '' as feeds,
    p.indicators as parameters,
    'mart_composite_score' as mart,
    s.period_kind as cadence,
    {{ score_missing_words('s.missing', 's.min_weight') }} as validity_rule,
    '分' as unit,
    concat(cast(s.decimals as string), ' decimals') as rounding,
    '' as choices,
    s.owner,
    '' as configurable,
    cast(0 as bigint) as n_configurable
from {{ declared('composite_scores') }} as s
inner join score_parts as p on s.score_id = p.score_id
