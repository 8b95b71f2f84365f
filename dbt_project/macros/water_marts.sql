{#-
  What the monthly and the annual mart of sections share: columns and attainment. Not here: classes (water.sql).
-#}

{# The columns of a section's period, before the counts: from int_water_section_class as `s`. #}
{% macro water_section_columns() -%}
    s.site_id,
    s.site_name_zh,
    s.site_name_en,
    s.river_zh,
    s.network,
    s.area_code,
    s.water_type,
    s.reach_length_km,
    s.assessed,
    s.class_name,
    cast(s.class_rank as bigint) as class_rank,
    s.class_zh,
    s.grade_zh,
    s.deciding_items,
    s.deciding_items_zh,
    s.exceeding_zh,
    s.main_pollutants_zh,
    s.largest_multiple,
    s.class_target,
    s.class_rank <= s.target_rank as attains_target,
    case
        when s.class_rank is null then 'the period has no class: see validity_reason'
        when not s.is_registered then 'site not in the register'
        when s.class_target is null then 'site attribute missing: class_target'
        else ''
    end as attainment_reason,
    v.ph,
    v.do_mg_l,
    v.codmn_mg_l,
    v.cod_mg_l,
    v.bod5_mg_l,
    v.nh3n_mg_l,
    v.tp_mg_l,
    v.tn_mg_l
{%- endmacro %}

{# Assessed values of the items people look at, one row per section and period of `period_kinds`. #}
{% macro water_section_values(period_kinds) -%}
    select
        period_kind,
        site_id,
        period_start,
        max(case when parameter = 'ph' then assessed_value end) as ph,
        max(case when parameter = 'do' then assessed_value end) as do_mg_l,
        max(case when parameter = 'codmn' then assessed_value end) as codmn_mg_l,
        max(case when parameter = 'cod' then assessed_value end) as cod_mg_l,
        max(case when parameter = 'bod5' then assessed_value end) as bod5_mg_l,
        max(case when parameter = 'nh3n' then assessed_value end) as nh3n_mg_l,
        max(case when parameter = 'tp' then assessed_value end) as tp_mg_l,
        max(case when parameter = 'tn' then assessed_value end) as tn_mg_l
    from {{ ref('int_water_item_class') }}
    where period_kind in ('{{ period_kinds | join("', '") }}')
    group by period_kind, site_id, period_start
{%- endmacro %}

{# Numbers of items that a class may rest on, by the dates of the item list. #}
{% macro water_item_counts() -%}
    select
        valid_from,
        valid_to,
        sum(case when in_class_assessment then 1 else 0 end) as n_class_items,
        sum(case when in_realtime_class then 1 else 0 end) as n_automatic_items
    from {{ ref('water_items') }}
    group by valid_from, valid_to
{%- endmacro %}
