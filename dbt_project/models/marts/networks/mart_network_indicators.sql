{#- Figures of areas that a declared network publishes as an indicator. -#}
select
    network_id,
    indicator_id,
    area_figure_name_zh as indicator_name_zh,
    area_code,
    area_name_zh,
    area_level,
    period_kind,
    period_start,
    period_end,
    '' as variant,
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
from {{ ref('mart_network_areas') }}
where coalesce(indicator_id, '') <> ''
