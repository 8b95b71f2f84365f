{#- Carriers or units that no seed knows would drop out of the totals. -#}
{{ config(tags=['energy']) }}
select distinct
    s.carrier,
    s.unit
from {{ ref('stg_energy') }} as s
left join {{ ref('energy_carriers') }} as k on s.carrier = k.carrier and s.unit = k.unit
where k.carrier is null
