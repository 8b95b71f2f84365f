{#-
  What the marts of sections by month, quarter and year share: columns, values, attainment. Not here: classes (water.sql). Also
  the calendar steps of their periods.
-#}

{# The items people look at: parameter, and the column of its value. #}
{% macro water_shown_items() -%}
    {{ return([
        ('ph', 'ph'), ('do', 'do_mg_l'), ('codmn', 'codmn_mg_l'), ('cod', 'cod_mg_l'), ('bod5', 'bod5_mg_l'),
        ('nh3n', 'nh3n_mg_l'), ('tp', 'tp_mg_l'), ('tn', 'tn_mg_l')
    ]) }}
{%- endmacro %}

{# The columns of a section's period, before the counts: from int_water_section_class as `s`, areas as `n`. #}
{% macro water_section_columns() -%}
    s.site_id,
    s.site_name_zh,
    s.site_name_en,
    s.river_zh,
    s.network,
    s.area_code,
    {{ area_name('s.area_code', 'n.name_zh') }} as area_name_zh,
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
    s.attains_target,
    case
        when s.class_rank is null then 'the period has no class: see validity_reason'
        when not s.is_registered then 'site not in the register'
        when s.class_target is null then 'site attribute missing: class_target'
        else ''
    end as attainment_reason,
    {%- for item, column in water_shown_items() %}
    v.{{ column }},
    case
        when s.is_pending then 'pending'
        when v.{{ column }} is null then 'insufficient'
        when v.{{ item }}_months < s.n_months_valid or v.{{ item }}_is_decided then 'indicative'
        else 'valid'
    end as {{ item }}_validity,
    case
        when s.is_pending then concat('the ', s.period_kind, ' is not over')
        when v.{{ column }} is null and v.{{ item }}_months is null then 'no usable value'
        when v.{{ column }} is null
            then concat('months: ', v.{{ item }}_months, ' of ', s.n_months_expected, ', ', s.n_months_min, ' needed')
        else concat_ws(
            '; ',
            case
                when v.{{ item }}_months < s.n_months_valid
                    then concat('months: ', v.{{ item }}_months, ' of ', s.n_months_expected)
            end,
            case
                when v.{{ item }}_is_decided
                    then concat('suspect readings in ', v.{{ item }}_suspect, ' values decide class or validity')
            end
        )
    end as {{ item }}_reason{{ ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{#
  Values of the items people look at, one row per section and period of `period_kinds`: the assessed value where the
  months suffice, the months behind it, its suspect values, and whether these decide its class or its validity.
#}
{% macro water_section_values(period_kinds) -%}
    select
        period_kind,
        site_id,
        period_start,
        {%- for item, column in water_shown_items() %}
        max(case when parameter = '{{ item }}' and is_sufficient then assessed_value end) as {{ column }},
        max(case when parameter = '{{ item }}' then n_months end) as {{ item }}_months,
        max(case when parameter = '{{ item }}' then n_suspect end) as {{ item }}_suspect,
        coalesce(bool_or(
            parameter = '{{ item }}' and n_suspect > 0
            and (is_sufficient is distinct from sure_is_sufficient or class_rank is distinct from sure_class_rank)
        ), false) as {{ item }}_is_decided{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('int_water_item_class') }}
    where period_kind in ('{{ period_kinds | join("', '") }}')
    group by period_kind, site_id, period_start
{%- endmacro %}

{#
  A mart of sections by periods of `period_kinds`: class, attainment, the values people look at, and the months behind
  them. Class and values are given where their own rules allow them; each value has its own verdict, `validity` is that of
  the class.
#}
{% macro water_section_periods(period_kinds) -%}
with section_values as (
    {{ water_section_values(period_kinds) }}
)

select
    s.period_kind,
    s.period_start,
    s.period_end,
    {{ water_section_columns() }},
    cast(s.n_values as bigint) as n_values,
    cast(s.n_suspect as bigint) as n_suspect,
    cast(s.n_items as bigint) as n_items,
    {{ water_values_used('r.water_statistics_rounded') }} as values_used,
    cast(s.n_months_expected as bigint) as n_expected,
    cast(s.n_months as bigint) as n_valid,
    {{ coverage('s.n_months', 's.n_months_expected') }} as coverage,
    s.validity,
    s.validity_reason,
    'GB 3838-2002' as standard,
    'table 1, single factor over means of monthly values; 环办〔2011〕22号; 环办监测函〔2020〕82号' as clause,
    {{ provenance_of_rank('s.provenance_rank') }} as provenance
from {{ ref('int_water_section_class') }} as s
inner join {{ ref('int_water_rules') }} as r on {{ in_force('s.period_end', 'r') }}
left join section_values as v
    on
        s.period_kind = v.period_kind and s.site_id = v.site_id and s.period_start = v.period_start
        and not s.is_pending
left join {{ ref('district_areas') }} as n on s.area_code = n.area_code
where s.period_kind in ('{{ period_kinds | join("', '") }}')
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

{# Last day of the quarter that begins on `quarter_start`: date. #}
{% macro quarter_end(quarter_start) -%}
    {{ days_after(months_after(quarter_start, 3), -1) }}
{%- endmacro %}

{# First day of the month, quarter or year before the one that begins on `period_start`: date. #}
{% macro water_previous_start(period_kind, period_start) -%}
    case {{ period_kind }}
        when 'month' then {{ months_after(period_start, -1) }}
        when 'quarter' then {{ months_after(period_start, -3) }}
        when 'year' then {{ months_after(period_start, -12) }}
    end
{%- endmacro %}
