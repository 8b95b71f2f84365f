{#- Officially notified sand-dust periods by area, and the days they touch. -#}
select
    site_id as area_code,
    notice_no,
    period_start,
    period_end,
    cast(period_start as date) as first_day,
    cast(period_end - interval 1 second as date) as last_day,
    {{ is_usable() }} as is_usable,
    provenance
from {{ source('clean', 'clean_dust_period') }}
