{#- Energy readings, all flags; `is_usable` says which of them feed totals. -#}
select
    site_id,
    parameter as carrier,
    flow,
    sector,
    metering,
    period_start,
    period_end,
    cast(date_trunc('month', period_start) as date) as month,
    cast(date_trunc('year', period_start) as date) as year_start,
    value as amount,
    unit,
    flag,
    {{ is_usable() }} and value is not null as is_usable,
    provenance
from {{ source('clean', 'clean_energy') }}
