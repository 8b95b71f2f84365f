{#- Water readings, all flags; `is_usable` says which of them feed statistics. -#}
{{ config(meta={'by_day': {'reads': {'clean_water': [0, 0]}}}) }}
select
    site_id,
    parameter,
    method,
    lab_report,
    published_class,
    period_start,
    period_end,
    period_start_utc,
    cast(period_start as date) as day,
    cast(date_trunc('month', period_start) as date) as month_start,
    value,
    unit,
    censored,
    flag,
    flag_tests,
    {{ is_usable() }} as is_usable,
    {{ is_suspect() }} as is_suspect,
    provenance
from {{ source('clean', 'clean_water') }}
