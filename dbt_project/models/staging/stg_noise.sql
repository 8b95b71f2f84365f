{#- Noise readings, all flags; `is_usable` says which of them feed statistics. -#}
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
    provenance
from {{ clean_table('clean_noise') }}
