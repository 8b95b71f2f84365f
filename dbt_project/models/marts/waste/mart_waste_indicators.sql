{#-
  Household waste rates of the district by month, quarter, year and year to date, each variant named (seed
  waste_indicators), and rates of any category by declaration (int_waste_ratio). They serve the commitments of the plan
  (6.1.2); none of the 22 indicators is a waste rate. Resource use waits for its k values, which a configuration enters as rules.
-#}
{%- set resource_use -%}
    p.recyclable_t + p.incinerated_t * p.waste_resource_k_incineration
    + p.kitchen_recycled_t * p.waste_resource_k_kitchen + p.household_landfill_t * p.waste_resource_k_landfill
{%- endset %}
{%- set collected = 'p.kitchen_t + p.other_t + p.recyclable_t' %}
{%- set rates = [
    ('kitchen_waste_sorted_share', 'all_sources', 'p.kitchen_t', 'p.kitchen_t + p.other_t'),
    (
        'kitchen_waste_sorted_share', 'household_only', 'p.household_kitchen_t',
        'p.household_kitchen_t + p.other_t'
    ),
    ('household_waste_recycling', '', 'p.recyclable_t + p.kitchen_recycled_t', collected),
    ('household_waste_recycling', 'sorted', 'p.recyclable_t + p.kitchen_t', collected),
    ('household_waste_safe', '', 'p.household_harmless_t', 'p.household_t'),
    ('household_waste_resource_use', '', resource_use, collected),
    ('primary_waste_landfill_share', '', 'p.household_landfill_t', 'p.household_treated_t'),
    ('sorted_waste_resourced', 'all_sources', 'p.kitchen_recycled_t', 'p.kitchen_t'),
    (
        'sorted_waste_resourced', 'catering_only', 'p.kitchen_recycled_t - p.household_kitchen_recycled_t',
        'p.kitchen_t - p.household_kitchen_t'
    ),
    ('household_waste_reduction', '', 'b.household_t - p.household_t', 'b.household_t'),
] -%}
with judged as (
    select
        p.*,
        r.waste_rate_decimals,
        r.waste_base_year,
        r.waste_resource_k_incineration,
        r.waste_resource_k_kitchen,
        r.waste_resource_k_landfill,
        -- By the shares of weighbridge_days_covered and loads_counted: from waste_coverage_valid on valid, from
        -- waste_coverage_indicative on indicative.
        {{ waste_validity('p', 'r') }} as validity
    from {{ ref('int_waste_period') }} as p
    inner join {{ ref('int_waste_rules') }} as r on {{ in_force('p.period_start', 'r') }}
),

parts as (
    {%- for indicator_id, variant, part, whole in rates %}
        select
            p.*,
            '{{ indicator_id }}' as indicator_id,
            '{{ variant }}' as variant,
            {{ part }} as part,
            {{ whole }} as whole,
            {%- if indicator_id == 'household_waste_resource_use' %}
                case when ({{ part }}) is null then {{ reason('k_values_missing') }} else '' end as lacks
            {%- elif indicator_id == 'household_waste_reduction' %}
                case
                    when b.household_t is null
                        then {{ reason('no_figure_of_base_year', 'cast(p.waste_base_year as integer)') }}
                    else ''
                end as lacks
            {%- else %}
                '' as lacks
            {%- endif %}
        from judged as p
        {%- if indicator_id == 'household_waste_reduction' %}
        left join judged as b
            on
                b.period_kind = 'year' and extract(year from b.period_start) = p.waste_base_year
                and b.validity = 'valid'
        where p.period_kind = 'year' and extract(year from p.period_start) > p.waste_base_year
        {%- endif %}
        union all
    {%- endfor %}
    select
        p.*,
        'primary_waste_landfilled' as indicator_id,
        '' as variant,
        p.household_landfill_t as part,
        null as whole,
        '' as lacks
    from judged as p
),

quotients as (
    select
        *,
        {{ exact_quotient('part * 100', 'whole', scale=12) }} as quotient
    from parts
),

figures as (
    select
        *,
        case
            when indicator_id = 'primary_waste_landfilled' then part
            else {{ round_even_by('quotient', 'waste_rate_decimals') }}
        end as figure
    from quotients
),

allowed as (
    select
        f.*,
        case
            when f.validity in ('pending', 'insufficient') then f.validity
            when f.figure is null then 'insufficient'
            else f.validity
        end as figure_validity
    from figures as f
)

select
    a.indicator_id,
    i.name_zh as indicator_name_zh,
    '{{ sql_text("area_code") }}' as area_code,
    '{{ sql_text("area_name_zh") }}' as area_name_zh,
    a.period_kind,
    a.period_start,
    a.period_end,
    a.variant,
    cast(case when a.figure_validity in ('valid', 'indicative') then a.figure end as decimal(18, 6)) as value,
    i.unit,
    cast(a.weighbridge_days_expected as bigint) as n_expected,
    cast(a.weighbridge_days_covered as bigint) as n_valid,
    cast(a.n_suspect as bigint) as n_suspect,
    {{ coverage('a.weighbridge_days_covered', 'a.weighbridge_days_expected') }} as coverage,
    a.figure_validity as validity,
    case
        when a.figure_validity = 'pending' then {{ reason('period_not_over') }}
        when a.figure_validity = 'valid' then ''
        when a.lacks <> '' then a.lacks
        when a.figure is null and a.validity <> 'insufficient' then {{ reason('nothing_to_divide_by') }}
        else {{ waste_reason('a') }}
    end as validity_reason,
    i.standard,
    i.clause,
    a.provenance
from allowed as a
inner join {{ ref('waste_indicators') }} as i
    on a.indicator_id = i.indicator_id and a.variant = coalesce(i.variant, '')
union all
select
    indicator_id,
    name_zh as indicator_name_zh,
    '{{ sql_text("area_code") }}' as area_code,
    '{{ sql_text("area_name_zh") }}' as area_name_zh,
    period_kind,
    period_start,
    period_end,
    '' as variant,
    value,
    unit,
    n_expected,
    n_valid,
    n_suspect,
    {{ coverage('n_valid', 'n_expected') }} as coverage,
    validity,
    validity_reason,
    standard,
    clause,
    provenance
from {{ ref('int_waste_ratio') }}
