{#- Return items, all flags; `is_usable` says which of them feed indicators. -#}
select
    site_id,
    parameter as item,
    coalesce(plan_ref, '') as plan_ref,
    period_start,
    period_end,
    cast(date_trunc('year', period_start) as date) as year_start,
    period_start = date_trunc('year', period_start)
    and period_end = date_trunc('year', period_start) + interval 1 year as is_year,
    value,
    unit,
    form,
    note,
    flag,
    {{ is_usable() }} and value is not null as is_usable,
    {{ is_suspect() }} as is_suspect,
    provenance
from {{ source('clean', 'clean_returns') }}
