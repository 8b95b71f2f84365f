{#-
  Area x period x item: the mean over the sections that have a class, rivers and lakes apart, over all networks (network
  is empty) and for each. What a small river is graded by and what the index of an area is made of. pH by hydrogen ions.
-#}
with section_items as (
    select
        a.place_kind,
        a.place_id,
        a.network,
        a.water_type,
        a.period_kind,
        a.period_start,
        a.period_end,
        c.parameter,
        c.mean_value,
        c.n_suspect,
        coalesce(c.sure_is_sufficient, c.n_suspect is null) as is_sure,
        c.provenance_rank,
        i.mean_kind = 'hydrogen_ions' and r.water_ph_mean_by_hydrogen = 1 as by_hydrogen
    from {{ ref('int_water_area_section') }} as a
    inner join {{ ref('int_water_item_class') }} as c
        on a.period_kind = c.period_kind and a.period_start = c.period_start and a.site_id = c.site_id
    inner join {{ ref('water_items') }} as i on c.parameter = i.parameter and {{ in_force('c.period_end', 'i') }}
    inner join {{ ref('int_water_rules') }} as r on {{ in_force('c.period_end', 'r') }}
    -- Saturation has no class of its own but decides that of dissolved oxygen.
    where
        a.class_rank is not null and c.is_sufficient
        and ((c.class_rank is not null and c.in_class_assessment) or c.parameter = 'do_saturation')
),

of_networks as (
    select
        *,
        '' as counted_network
    from section_items
    union all
    select
        *,
        network as counted_network
    from section_items
    where network <> '' and place_kind <> 'river'
)

select
    place_kind,
    place_id,
    counted_network as network,
    water_type,
    period_kind,
    period_start,
    period_end,
    parameter,
    true as is_sufficient,
    count(*) as n_sections,
    coalesce(sum(n_suspect), 0) as n_suspect,
    bool_and(is_sure) as is_sure,
    case
        when count(*) = 1 then max(mean_value)
        when bool_or(by_hydrogen) then {{ ph_of_mean('sum(' ~ hydrogen_ions('mean_value') ~ ')', 'count(*)') }}
        else {{ carried_mean('sum(mean_value)', 'count(*)') }}
    end as mean_value,
    min(provenance_rank) as provenance_rank
from of_networks
group by place_kind, place_id, counted_network, water_type, period_kind, period_start, period_end, parameter
