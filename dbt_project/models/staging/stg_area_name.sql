{#- Name and level of each area as its latest row says: a code is called alike on all days. -#}
select
    area_code,
    tree,
    area_level,
    name_zh,
    name_en
from (
    select
        *,
        row_number() over (partition by area_code order by valid_from desc) as nth
    from {{ ref('stg_area') }}
) as latest
where nth = 1
