{#- Energy amounts by series and interval: as delivered, and what registers of meters counted (int_energy_register). -#}
{{ config(materialized='view') }}
select
    site_id,
    carrier,
    flow,
    sector,
    metering,
    period_start,
    period_end,
    month,
    year_start,
    amount,
    unit,
    flag,
    is_usable,
    provenance
from {{ ref('stg_energy') }}
where metering not in ('register', 'register_out')
union all
select
    site_id,
    carrier,
    flow,
    sector,
    metering,
    period_start,
    period_end,
    month,
    year_start,
    amount,
    unit,
    flag,
    is_usable,
    provenance
from {{ ref('int_energy_register') }}
