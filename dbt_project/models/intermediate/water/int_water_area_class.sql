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

assessable as (
    select
        p.*,
        i.name_zh as item_zh,
        i.in_class_assessment,
        i.in_realtime_class,
        i.has_exceedance_multiple,
        i.named_first,
        i.unit,
        case
            when r.water_statistics_rounded = 1
                then {{ round_even_keeping_digit('p.mean_value', 'i.assessment_decimals') }}
            else p.mean_value
        end as assessed_value,
        r.water_exceedance_class_rank,
        r.water_multiple_decimals
    from items as p
    inner join {{ ref('water_items') }} as i on p.parameter = i.parameter and {{ in_force('p.period_end', 'i') }}
    inner join {{ ref('int_water_rules') }} as r on {{ in_force('p.period_end', 'r') }}
),

classed as (
    select
        v.area_kind,
        v.area_id,
        v.period_kind,
        v.period_start,
        v.parameter,
        {{ water_class_rank() }} as class_rank
    from assessable as v
    inner join {{ ref('gb3838_limits') }} as l
        on v.parameter = l.parameter and v.water_type = l.water_type and {{ in_force('v.period_end', 'l') }}
    inner join {{ ref('int_water_rules') }} as r on {{ in_force('v.period_end', 'r') }}
    left join assessable as o
        on
            v.parameter = 'do' and o.parameter = 'do_saturation'
            and v.area_kind = o.area_kind
            and v.area_id = o.area_id
            and v.period_kind = o.period_kind
            and v.period_start = o.period_start
    where v.assessed_value is not null
    group by v.area_kind, v.area_id, v.period_kind, v.period_start, v.parameter
),

assessed_items as (
    select
        a.*,
        c.class_rank,
        t.limit_high as class_iii_limit,
        case
            when a.has_exceedance_multiple and a.assessed_value > t.limit_high
                then
                    cast({{ round_even_by(
                        exact_quotient('a.assessed_value - t.limit_high', 't.limit_high'), 'a.water_multiple_decimals'
                    ) }} as decimal(18, 6))
        end as exceedance_multiple
    from assessable as a
    left join classed as c
        on a.area_kind = c.area_kind
            and a.area_id = c.area_id
            and a.period_kind = c.period_kind
            and a.period_start = c.period_start
            and a.parameter = c.parameter
    left join {{ ref('gb3838_limits') }} as t
        on
            a.parameter = t.parameter and a.water_type = t.water_type and {{ in_force('a.period_end', 't') }}
            and a.water_exceedance_class_rank = t.class_rank
),

deciding_order as (
    select
        *,
        row_number() over (
            partition by area_kind, area_id, period_kind, period_start
            order by class_rank desc, exceedance_multiple desc nulls last, parameter asc
        ) as item_place,
        max(class_rank) over (partition by area_kind, area_id, period_kind, period_start) as worst_rank
    from assessed_items
    where in_class_assessment and class_rank is not null
),

-- Items beyond class III: cyanide and heavy metals first, then by class and multiple.
pollutant_order as (
    select
        i.*,
        r.water_main_pollutants,
        i.class_rank > i.water_exceedance_class_rank as is_beyond,
        row_number() over (
            partition by
                i.area_kind, i.area_id, i.period_kind, i.period_start, i.class_rank > i.water_exceedance_class_rank
            order by i.named_first desc, i.item_place asc
        ) as pollutant_place
    from deciding_order as i
    inner join {{ ref('int_water_rules') }} as r on {{ in_force('i.period_end', 'r') }}
)

select
    area_kind,
    area_id,
    period_kind,
    period_start,
    max(class_rank) as class_rank,
    {{ joined('case when class_rank = worst_rank and class_rank > 1 then parameter end', ',', 'item_place') }}
        as deciding_items,
    {{ joined('case when class_rank = worst_rank and class_rank > 1 then item_zh end', '、', 'item_place') }}
        as deciding_items_zh,
    {{ joined(
        "case when is_beyond then concat(item_zh, case when exceedance_multiple is not null "
        ~ "then concat('(', cast(exceedance_multiple as decimal(18, 2)), ')') else '' end) end",
        '、', 'pollutant_place'
    ) }} as exceeding_zh,
    {{ joined(
        'case when is_beyond and pollutant_place <= water_main_pollutants then item_zh end', '、', 'pollutant_place'
    ) }} as main_pollutants_zh,
    max(exceedance_multiple) as largest_multiple
from pollutant_order
group by area_kind, area_id, period_kind, period_start
