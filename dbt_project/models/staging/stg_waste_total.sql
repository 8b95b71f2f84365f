{#- What sites and areas report of a period, all flags; `is_usable` says which of them count. -#}
select
    site_id,
    parameter,
    category,
    cast(period_start as date) as period_start,
    cast(period_end as date) - 1 as period_end,
    value,
    {{ is_usable() }} and value is not null as is_usable,
    {{ is_suspect() }} as is_suspect,
    provenance
from {{ source('clean', 'clean_waste_total') }}
