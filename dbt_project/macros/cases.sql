{#-
  Registers of cases: what a state means, areas by level, medians of days.
  Not here: the declarations themselves (tables declared_register_…), shares and rounding (arithmetic.sql).
-#}

{# What a case is by its declared state, else by whether it has a closing day: open, closed or withdrawn. #}
{% macro case_meaning(declared, closed_on) -%}
    coalesce({{ declared }}, case when {{ closed_on }} is null then 'open' else 'closed' end)
{%- endmacro %}

{# The area of a level that an area lies in: its code; null where it lies in none, or in several. #}
{% macro area_of_level(area_code, level) -%}
    case
        when {{ level }} = 'district' then '{{ sql_text("area_code") }}'
        when {{ level }} = 'subdistrict' and {{ is_community(area_code) }} then left({{ area_code }}, 9)
        when {{ level }} = {{ area_level(area_code) }} then {{ area_code }}
    end
{%- endmacro %}

{# Median of an array of `n` sorted whole numbers, to half a unit: decimal(18, 1); null of none. #}
{% macro median_of(sorted, n) -%}
    {{ exact_ratio(
        value_at(sorted, integer_quotient(n ~ ' + 1', 2)) ~ ' + ' ~ value_at(sorted, integer_quotient(n, 2) ~ ' + 1'), '2', 1
    ) }}
{%- endmacro %}

{# A share in percent, one decimal, null of none: decimal(18, 1). #}
{% macro share_pct(part, whole) -%}
    {{ exact_ratio('100 * ' ~ part, 'nullif(' ~ whole ~ ', 0)', 1) }}
{%- endmacro %}

{# The order of levels of areas: 1 is the district. #}
{% macro area_level_rank(level) -%}
    case {{ level }} when 'district' then 1 when 'subdistrict' then 2 when 'community' then 3 end
{%- endmacro %}
