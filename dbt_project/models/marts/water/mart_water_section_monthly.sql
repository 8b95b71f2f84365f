{#-
  Section x month: class by single factor from the means of the month, what decides it, attainment of the target.
  Valid with the declared number of items and the automatic ones among them, of an assessed section with all 21; with
  fewer the class may be too good: indicative. Each value has its own verdict; `validity` is that of the class.
-#}
select
    period_start,
    period_end,
    site_id,
    site_name_zh,
    site_name_en,
    river_zh,
    network,
    area_code,
    area_name_zh,
    water_type,
    reach_length_km,
    assessed,
    water_class,
    class_rank,
    water_class_zh,
    grade_zh,
    deciding_items,
    deciding_items_zh,
    exceeding_zh,
    main_pollutants_zh,
    largest_multiple,
    class_target,
    attains_target,
    attainment_reason,
    ph,
    do_mg_l,
    codmn_mg_l,
    cod_mg_l,
    bod5_mg_l,
    nh3n_mg_l,
    tp_mg_l,
    tn_mg_l,
    {%- for item in ['ph', 'do', 'codmn', 'cod', 'bod5', 'nh3n', 'tp', 'tn'] %}
        {{ item }}_validity,
        {{ item }}_reason,
    {%- endfor %}
    n_values,
    n_suspect,
    values_used,
    n_expected,
    n_valid,
    coverage,
    validity,
    validity_reason,
    standard,
    clause,
    provenance
from {{ ref('int_water_section_figures') }}
where period_kind = 'month'
