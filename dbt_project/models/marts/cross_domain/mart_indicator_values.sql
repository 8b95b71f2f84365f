{#-
  Every indicator figure of the release, one row per indicator, area, period and variant, from the admitted domain
  marts. `is_preferred` marks the row that stands for the indicator in its period: the judged variant as measured, or
  the reported value where nothing was measured. Both stay.
-#}
with domain_rows as (
    {%- for published in published_by_domains('indicators') %}
        select
            '{{ published.domain }}' as domain,
            indicator_id,
            indicator_name_zh,
            area_code,
            area_name_zh,
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
            provenance
        from {{ admitted(published.mart) }}
        union all
    {%- endfor %}
    select
        'cross_domain' as domain,
        indicator_id,
        indicator_name_zh,
        area_code,
        area_name_zh,
        'year' as period_kind,
        period_start,
        period_end,
        variant,
        value,
        unit,
        n_expected,
        n_valid,
        -- Totals and GDPs, no readings.
        cast(null as bigint) as n_suspect,
        {{ coverage('n_valid', 'n_expected') }} as coverage,
        validity,
        validity_reason,
        standard,
        clause,
        provenance
    from {{ ref('int_per_gdp') }}
    union all
    select
        'cross_domain' as domain,
        indicator_id,
        indicator_name_zh,
        area_code,
        area_name_zh,
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
        provenance
    from {{ ref('int_formula_values') }}
),

judged_variants as (
    select
        indicator_id,
        coalesce(judged_variant, '') as judged_variant,
        'reported' as reported_variant
    from {{ ref('plan_judgement') }}
    union all
    select
        commitment_id as indicator_id,
        coalesce(judged_variant, '') as judged_variant,
        coalesce(reported_variant, 'reported') as reported_variant
    from {{ ref('commitment_judgement') }}
    where source_kind = 'indicator'
),

ranked as (
    select
        r.*,
        coalesce(s.domain_state, 'fresh') as domain_state,
        case
            when r.variant = coalesce(j.judged_variant, '') and r.value is not null then 1
            when r.variant = coalesce(j.reported_variant, 'reported') and r.value is not null then 2
            when r.variant = coalesce(j.judged_variant, '') then 3
            when r.variant = coalesce(j.reported_variant, 'reported') then 4
        end as place
    from domain_rows as r
    left join judged_variants as j on r.indicator_id = j.indicator_id
    left join {{ ref('int_domain_states') }} as s on r.domain = s.domain
),

best as (
    select
        indicator_id,
        area_code,
        period_kind,
        period_start,
        min(place) as place
    from ranked
    group by indicator_id, area_code, period_kind, period_start
)

select
    r.indicator_id,
    r.indicator_name_zh,
    r.area_code,
    r.area_name_zh,
    coalesce(a.area_level, {{ area_level('r.area_code') }}) as area_level,
    r.period_kind,
    r.period_start,
    r.period_end,
    r.variant,
    r.value,
    r.unit,
    r.n_expected,
    r.n_valid,
    r.n_suspect,
    r.coverage,
    r.validity,
    r.validity_reason,
    r.standard,
    r.clause,
    r.provenance,
    r.domain,
    r.domain_state,
    coalesce(r.place = b.place, false) as is_preferred
from ranked as r
inner join best as b
    on
        r.indicator_id = b.indicator_id
        and r.area_code = b.area_code
        and r.period_kind = b.period_kind
        and r.period_start = b.period_start
left join {{ ref('stg_area_name') }} as a on r.area_code = a.area_code
