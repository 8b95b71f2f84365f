{#-
  Weighbridge tickets with what was undone: a ticket that names another takes its mass off it, and is not a load itself; a
  load whose whole mass was taken off, or that was cancelled, is none either. What undoes nothing that is there is said.
  A site that the register does not know is a weighbridge.
-#}
with undone as (
    {{ undone(ref('stg_waste'), 'ticket_no', 'net_t') }}
),

loads as (
    select distinct
        site_id,
        ticket_no
    from {{ ref('stg_waste') }}
    where undoes is null
)

select
    {{ all_but('w', ['net_t']) }},
    case when w.undoes is null and not ({{ is_voided('w', 'w.net_t') }}) then w.net_t - coalesce(u.undone_t, 0) end
        as net_t,
    w.undoes is null and not ({{ is_voided('w', 'w.net_t') }}) as is_load,
    w.undoes is null and ({{ is_voided('w', 'w.net_t') }}) as is_voided,
    w.undoes is not null and l.site_id is null as undoes_nothing,
    coalesce(s.kind, 'weighbridge') as node,
    s.area_code as node_area,
    coalesce(n.is_household, true) as is_household
from {{ ref('stg_waste') }} as w
left join undone as u on w.undoes is null and w.site_id = u.site_id and w.ticket_no = u.ticket_no
left join loads as l on w.site_id = l.site_id and w.undoes = l.ticket_no
left join {{ ref('int_waste_site') }} as s on w.site_id = s.site_id and {{ in_force('w.day', 's') }}
left join {{ ref('waste_nodes') }} as n on s.kind = n.node
