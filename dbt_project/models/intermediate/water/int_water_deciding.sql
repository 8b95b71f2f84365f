{#-
  Section, or area with few sections, x period: the class by single factor, which items decide it, what is beyond class III
  and the main pollutants. Whether a section's class is published is the section's (int_water_section_class).
-#}
with items as (
    {%- for place_kind, place_id, model in [
        ("'section'", 'site_id', 'int_water_item_class'), ('place_kind', 'place_id', 'int_water_area_item_class')
    ] %}
        select
            {{ place_kind }} as place_kind,
            {{ place_id }} as place_id,
            period_kind,
            period_start,
            period_end,
            parameter,
            item_zh,
            named_first,
            water_exceedance_class_rank,
            class_rank,
            exceedance_multiple
        from {{ ref(model) }}
        where in_class_assessment and class_rank is not null
        {{- ' union all' if not loop.last }}
    {%- endfor %}
),

deciding_order as (
    select
        *,
        row_number() over (
            partition by place_kind, place_id, period_kind, period_start
            order by class_rank desc, exceedance_multiple desc nulls last, parameter asc
        ) as item_place,
        max(class_rank) over (partition by place_kind, place_id, period_kind, period_start) as worst_rank
    from items
),

-- Items beyond class III: cyanide and heavy metals first, then by class and multiple.
pollutant_order as (
    select
        i.*,
        r.water_main_pollutants,
        i.class_rank > i.water_exceedance_class_rank as is_beyond,
        row_number() over (
            partition by
                i.place_kind, i.place_id, i.period_kind, i.period_start, i.class_rank > i.water_exceedance_class_rank
            order by i.named_first desc, i.item_place asc
        ) as pollutant_place
    from deciding_order as i
    inner join {{ ref('int_water_rules') }} as r on {{ in_force('i.period_end', 'r') }}
)

select
    place_kind,
    place_id,
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
group by place_kind, place_id, period_kind, period_start
