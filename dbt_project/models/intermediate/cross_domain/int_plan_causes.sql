{#-
  What is behind an annual figure of the plan that is a count or a length of sections: which section failed, by which
  item, over how many km. The scorecard names it where the target is missed.
-#}
with sections as (
    select
        cast(extract(year from period_start) as bigint) as year,
        site_id,
        site_name_zh,
        assessed,
        water_class_zh,
        water_class,
        class_target,
        attains_target,
        reach_length_km,
        case when coalesce(deciding_items_zh, '') = '' then '' else concat(' (', deciding_items_zh, ')') end as items
    from {{ admitted('mart_water_section_annual') }}
    where period_kind = 'year'
)

select
    'assessed_section_attainment' as indicator_id,
    year,
    {{ joined(
        "concat(site_name_zh, ': ', water_class_zh, items, ', target ', class_target)", '; ', 'site_id'
    ) }} as cause
from sections
where assessed and not attains_target
group by year
union all
select
    'worse_than_v_river_length' as indicator_id,
    year,
    {{ joined(
        "concat(site_name_zh, ': ', " ~ plain_number('reach_length_km') ~ ", ' km ', water_class_zh, items)", '; ', 'site_id'
    ) }} as cause
from sections
where water_class = 'worse_than_V' and reach_length_km is not null
group by year
