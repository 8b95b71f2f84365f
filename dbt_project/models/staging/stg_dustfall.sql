{#- Dustfall readings by point and month, all flags; `is_usable` says which of them feed statistics. -#}
select
    site_id,
    parameter,
    period_start,
    period_end,
    cast(date_trunc('month', period_start) as date) as month_start,
    value,
    unit,
    flag,
    {{ is_usable() }} as is_usable,
    {{ is_suspect() }} as is_suspect,
    provenance
from {{ source('clean', 'clean_dustfall') }}
