{#- Members of lists with the first and the last day of each membership; a thing may leave a list and come back. -#}
select
    c.register_id,
    r.name_zh as register_name_zh,
    c.case_id as member_id,
    r.entity as entity_kind,
    r.entity_zh as entity_kind_zh,
    c.entity,
    c.entity_name,
    c.site_id,
    c.site_name_zh,
    c.area_code,
    {{ area_name('c.area_code', 'a.name_zh') }} as area_name_zh,
    {{ area_level('c.area_code') }} as area_level,
    c.category,
    coalesce(g.name_zh, c.category) as category_zh,
    c.opened_on as valid_from,
    c.closed_on as valid_to,
    c.meaning,
    c.closed_basis as valid_to_basis,
    cast(c.amount as decimal(18, 6)) as amount,
    r.amount_unit,
    r.amount_zh,
    c.unit_responsible,
    c.attributes,
    c.known_from,
    c.last_seen_at,
    c.provenance
from {{ ref('int_case') }} as c
inner join {{ ref('stg_register') }} as r on c.register_id = r.register_id
left join {{ ref('stg_register_category') }} as g
    on c.register_id = g.register_id and c.category = g.category
left join {{ ref('stg_area_name') }} as a on c.area_code = a.area_code
where c.kind = 'list'
