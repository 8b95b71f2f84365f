{#-
  Every load of every category, weighed or consigned: where it came from, which node took it, what left and what arrived.
  `is_counted` says whether its tonne counts at that node: a tonne may pass several and counts at the kind of node that is
  declared for its category (waste_counting), and never on its way to a transfer station. Loads that were undone, and rows
  that undo nothing, are there to be counted and have no mass.
-#}
with undone as (
    {{ undone(ref('stg_waste_transfer'), 'manifest_no', 'coalesce(received_t, shipped_t)') }}
),

manifests as (
    select distinct
        site_id,
        manifest_no
    from {{ ref('stg_waste_transfer') }}
    where undoes is null
),

consigned as (
    select
        t.day,
        t.category,
        t.destination,
        t.site_id as from_site,
        f.kind as from_node,
        f.area_code as from_area,
        t.to_site as node_site,
        coalesce(n.kind, '') as node,
        n.area_code as node_area,
        t.undoes is null and ({{ is_voided('t', 'coalesce(t.received_t, t.shipped_t)') }}) as is_voided,
        t.undoes is not null and m.site_id is null as undoes_nothing,
        t.undoes is null and not ({{ is_voided('t', 'coalesce(t.received_t, t.shipped_t)') }}) as is_load,
        t.shipped_t is not null and {{ is_usable('t.shipped_flag') }} as is_shipped_usable,
        t.received_t is not null and {{ is_usable('t.received_flag') }} as is_received_usable,
        t.shipped_t - coalesce(u.undone_t, 0) as shipped_t,
        t.received_t - coalesce(u.undone_t, 0) as received_t,
        coalesce({{ suspect_flag() }} in (t.shipped_flag, t.received_flag), false) as is_suspect,
        t.provenance
    from {{ ref('stg_waste_transfer') }} as t
    left join undone as u on t.undoes is null and t.site_id = u.site_id and t.manifest_no = u.manifest_no
    left join manifests as m on t.site_id = m.site_id and t.undoes = m.manifest_no
    left join {{ ref('int_waste_site') }} as f on t.site_id = f.site_id and {{ in_force('t.day', 'f') }}
    left join {{ ref('int_waste_site') }} as n on t.to_site = n.site_id and {{ in_force('t.day', 'n') }}
),

flows as (
    select
        day,
        category,
        destination,
        null as from_site,
        '' as from_node,
        coalesce(street_code, node_area) as from_area,
        site_id as node_site,
        node,
        node_area,
        true as is_weighed,
        is_voided,
        undoes_nothing,
        is_load,
        false as is_shipped_usable,
        is_usable and is_load as is_received_usable,
        cast(null as decimal(18, 6)) as shipped_t,
        net_t as received_t,
        coalesce(is_load and flag = {{ suspect_flag() }}, false) as is_suspect,
        provenance
    from {{ ref('int_waste_ticket') }}
    where is_load or is_voided or undoes_nothing
    union all
    select
        day,
        category,
        destination,
        from_site,
        coalesce(from_node, '') as from_node,
        from_area,
        node_site,
        node,
        node_area,
        false as is_weighed,
        is_voided,
        undoes_nothing,
        is_load,
        is_shipped_usable and is_load as is_shipped_usable,
        is_received_usable and is_load as is_received_usable,
        case when is_load then shipped_t end as shipped_t,
        case when is_load then received_t end as received_t,
        is_suspect and is_load as is_suspect,
        provenance
    from consigned
    where is_load or is_voided or undoes_nothing
),

own as (
    select distinct category
    from {{ declared('waste_counting') }}
)

select
    f.*,
    cast(date_trunc('month', f.day) as date) as month_start,
    coalesce(f.from_area, f.node_area, '{{ sql_text("area_code") }}') as area_code,
    f.is_load and c.node is not null and coalesce(d.is_final, true) as is_counted
from flows as f
left join own as o on f.category = o.category
left join {{ declared('waste_counting') }} as c
    on coalesce(o.category, 'any') = c.category and f.node = c.node and {{ in_force('f.day', 'c') }}
left join {{ ref('waste_destinations') }} as d on f.destination = d.destination
where f.day <= {{ last_complete_day() }}
