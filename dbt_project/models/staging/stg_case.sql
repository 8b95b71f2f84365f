{#- Cases of all declared registers as last delivered. Private columns are identities here, or not there at all. -#}
select
    register_id,
    case_id,
    entity,
    entity_name,
    site_id,
    area_code,
    category,
    state,
    cast(period_start as date) as opened_on,
    due as due_on,
    closed as closed_on,
    unit_responsible,
    event_id,
    event_site,
    event_parameter,
    event_date,
    attributes,
    value as amount,
    source_id,
    known_from,
    provenance
from {{ source('clean', 'clean_case') }}
