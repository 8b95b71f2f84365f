{#- What each delivery said of a case: the state that holds, those it replaced, and those that only repeated one. -#}
select
    register_id,
    case_id,
    source_id,
    state,
    closed as closed_on,
    known_from
from {{ source('clean', 'clean_case') }}
union all
select
    register_id,
    case_id,
    source_id,
    state,
    closed as closed_on,
    known_from
from {{ source('clean', 'superseded_case') }}
