{#- Noise readings, all flags; `is_usable` says which feed statistics, `is_suspect` which of them are doubted. -#}
{{ config(meta={'by_day': {'reads': {'clean_noise': [0, 0]}}}) }}
select
    site_id,
    parameter,
    period_kind,
    period_start,
    period_end,
    cast(period_start as date) as day,
    value,
    unit,
    flag,
    {{ is_usable() }} and value is not null as is_usable,
    {{ is_suspect() }} as is_suspect,
    provenance
from {{ source('clean', 'clean_noise') }}
