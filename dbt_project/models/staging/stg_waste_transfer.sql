{#- Consignments, one row each: what left and what arrived, all flags. A consignment belongs to the day it left. -#}
select
    site_id,
    manifest_no,
    cast(min(period_start) as date) as day,
    max(to_site) as to_site,
    coalesce(max(category), 'unclassified') as category,
    coalesce(max(destination), 'unknown') as destination,
    max(state) as state,
    max(undoes) as undoes,
    max(case when parameter = 'shipped_t' then value end) as shipped_t,
    max(case when parameter = 'received_t' then value end) as received_t,
    max(case when parameter = 'shipped_t' then flag end) as shipped_flag,
    max(case when parameter = 'received_t' then flag end) as received_flag,
    {{ least_provenance('provenance') }} as provenance
from {{ source('clean', 'clean_waste_transfer') }}
group by site_id, manifest_no
