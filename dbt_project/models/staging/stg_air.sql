{#- Air readings of one hour, all flags; `is_usable` says which of them feed statistics. -#}
{{ config(meta={'by_day': {'reads': {'clean_air': [0, 0]}}}) }}
select
    site_id,
    parameter,
    cast(period_start as date) as day,
    extract(hour from period_start) + 1 as hour_label,
    period_start,
    period_end,
    period_start_utc,
    value,
    unit,
    flag,
    {{ is_usable() }} as is_usable,
    {{ is_suspect() }} as is_suspect,
    provenance
from {{ source('clean', 'clean_air') }}
where period_end - period_start = interval 1 hour
