{#- Categories of registers. -#}
select
    register_id,
    category,
    place,
    name_zh,
    name_en
from {{ source('clean', 'declared_register_category') }}
