{#-
  Area x period x item, of areas with fewer sections than class shares need: the value that is assessed, its class and its
  exceedance multiple, from the mean of the item over the sections, as of a section (int_water_item_class). An area whose
  few sections are rivers and lakes has two tables of limits and is not here.
-#}
with small_areas as (
    select
        a.place_kind,
        a.place_id,
        a.period_kind,
        a.period_start
    from {{ ref('int_water_area_section') }} as a
    inner join {{ ref('int_water_rules') }} as r on {{ in_force('a.period_end', 'r') }}
    where a.class_rank is not null
    group by a.place_kind, a.place_id, a.period_kind, a.period_start
    having count(*) < max(r.water_river_share_sections) and count(distinct a.water_type) = 1
),

items as (
    select i.*
    from {{ ref('int_water_area_item') }} as i
    inner join small_areas as s
        on
            i.place_kind = s.place_kind and i.place_id = s.place_id
            and i.period_kind = s.period_kind and i.period_start = s.period_start
    where i.network = ''
),

valued as (
    select
        p.*,
        i.name_zh as item_zh,
        i.in_class_assessment,
        i.has_exceedance_multiple,
        i.named_first,
        case
            when r.water_statistics_rounded = 1
                then {{ round_even_keeping_digit('p.mean_value', 'i.assessment_decimals') }}
            else p.mean_value
        end as assessed_value,
        r.water_exceedance_class_rank,
        r.water_multiple_decimals,
        r.water_do_saturation_class_i
    from items as p
    inner join {{ ref('water_items') }} as i on p.parameter = i.parameter and {{ in_force('p.period_end', 'i') }}
    inner join {{ ref('int_water_rules') }} as r on {{ in_force('p.period_end', 'r') }}
),

sampled as (
    select
        *,
        max(case when parameter = 'do_saturation' then assessed_value end)
            over (partition by place_kind, place_id, period_kind, period_start)
            as saturation
    from valued
)

select
    v.place_kind,
    v.place_id,
    v.period_kind,
    v.period_start,
    v.period_end,
    v.parameter,
    v.item_zh,
    v.in_class_assessment,
    v.named_first,
    v.water_exceedance_class_rank,
    v.assessed_value,
    {{ water_class_rank('v.parameter', 'v.saturation', 'b', 'v') }} as class_rank,
    case
        when v.has_exceedance_multiple
            then {{ exceedance_multiple('v.assessed_value', 't.limit_high', 'v.water_multiple_decimals') }}
    end as exceedance_multiple
from sampled as v
left join {{ ref('int_water_class_bands') }} as b
    on
        v.parameter = b.parameter and v.water_type = b.water_type and {{ in_force('v.period_end', 'b') }}
        and {{ water_in_class('v.assessed_value', 'b') }} and v.assessed_value is not null
left join {{ ref('gb3838_limits') }} as t
    on
        v.parameter = t.parameter and v.water_type = t.water_type and {{ in_force('v.period_end', 't') }}
        and v.water_exceedance_class_rank = t.class_rank
