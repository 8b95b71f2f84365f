{#- Each case of each register as it is now, without private columns. Members of lists: mart_register_members. -#}
select
    c.register_id,
    r.name_zh as register_name_zh,
    c.case_id,
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
    c.state,
    coalesce(s.name_zh, m.word_zh) as state_zh,
    c.meaning,
    c.opened_on,
    c.due_on,
    c.due_basis,
    c.closed_on,
    c.closed_basis,
    c.closed_on <= c.due_on as is_on_time,
    cast({{ days_in('c.opened_on', 'c.closed_on') }} - 1 as bigint) as days_to_close,
    cast(c.amount as decimal(18, 6)) as amount,
    r.amount_unit,
    r.amount_zh,
    c.unit_responsible,
    c.attributes,
    c.event_id,
    c.event_site,
    c.event_parameter,
    c.event_date,
    c.known_from,
    c.last_seen_at,
    c.is_absent,
    c.provenance
from {{ ref('int_case') }} as c
inner join {{ ref('stg_register') }} as r on c.register_id = r.register_id
left join {{ ref('stg_register_category') }} as g
    on c.register_id = g.register_id and c.category = g.category
left join {{ ref('stg_register_state') }} as s on c.register_id = s.register_id and c.state = s.state
left join {{ ref('int_words') }} as m on m.vocabulary = 'case_meaning' and c.meaning = m.word
left join {{ ref('stg_area_name') }} as a on c.area_code = a.area_code
where c.kind = 'cases'
