{#- Areas of all trees, the delivered ones and the user's: one row per tree, area and span of days. -#}
select
    a.tree,
    a.area_code,
    a.area_level,
    l.rank as level_rank,
    l.name_zh as area_level_zh,
    a.name_zh,
    a.name_en,
    nullif(a.parent_code, '') as parent_code,
    a.valid_from,
    a.valid_to
from {{ declared('areas') }} as a
inner join {{ ref('area_levels') }} as l on a.area_level = l.area_level
