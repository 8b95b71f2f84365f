{#-
  Area x period with fewer sections than class shares need: the class by single factor of the mean of each item over its
  sections. An area whose few sections are rivers and lakes has two tables of limits and no class.
-#}
with small_areas as (
    select
        a.area_kind,
        a.area_id,
        a.period_kind,
        a.period_start
    from {{ ref('int_water_area_section') }} as a
    inner join {{ ref('int_water_rules') }} as r on {{ in_force('a.period_end', 'r') }}
    where a.class_rank is not null
    group by a.area_kind, a.area_id, a.period_kind, a.period_start
    having count(*) < max(r.water_river_share_sections) and count(distinct a.water_type) = 1
),

items as (
    select i.*
    from {{ ref('int_water_area_item') }} as i
    inner join small_areas as s
        on
            i.area_kind = s.area_kind and i.area_id = s.area_id
            and i.period_kind = s.period_kind and i.period_start = s.period_start
    where i.network = ''
),

{{ water_assessed_items('items', ['area_kind', 'area_id', 'period_kind', 'period_start']) }},

{{ water_place_classes('assessed_items', ['area_kind', 'area_id', 'period_kind', 'period_start']) }}

select * from place_classes
