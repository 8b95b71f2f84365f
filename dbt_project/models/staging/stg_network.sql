{#- Readings of all declared networks, all flags; `is_usable` says which of them feed statistics. -#}
{{ config(meta={'by_day': {'reads': {'clean_network': [0, 0]}}}) }}
select
    network_id,
    site_id,
    parameter,
    statistic,
    coalesce(sample, '') as sample,
    coalesce(fraction, '') as fraction,
    coalesce(taxon, '') as taxon,
    coalesce(method, '') as method,
    lab_report,
    period_start,
    period_end,
    period_start_utc,
    cast(period_start as date) as day,
    value,
    value_raw,
    unit,
    censored,
    flag,
    flag_tests,
    {{ is_usable() }} as is_usable,
    {{ is_suspect() }} as is_suspect,
    delivery_id,
    provenance
from {{ source('clean', 'clean_network') }}
