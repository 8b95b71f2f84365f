{#- Figures of areas that declared networks declare. -#}
select
    network_id,
    area_figure_id,
    name_zh,
    coalesce(parameter, '') as parameter,
    coalesce(figure_id, '') as figure_id,
    period_kind,
    tree,
    area_level,
    statistic,
    weight_attribute,
    unit,
    decimals,
    coalesce(indicator_id, '') as indicator_id,
    coalesce(standard, '') as standard,
    coalesce(clause, '') as clause
from {{ source('clean', 'declared_network_area') }}
