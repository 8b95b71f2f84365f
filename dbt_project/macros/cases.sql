{#-
  Registers of cases: areas by level, medians of days.
  Not here: the declarations themselves (tables declared_register_…), shares and rounding (arithmetic.sql).
-#}

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
