{#- States of registers and what they mean. -#}
select
    register_id,
    state,
    place,
    name_zh,
    name_en,
    meaning
from {{ source('clean', 'declared_register_state') }}
