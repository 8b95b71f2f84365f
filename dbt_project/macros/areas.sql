{#- Names and kinds of areas. Not here: which area a site lies in (the site register). -#}

{# Chinese name of an area: the configured name for the district itself, the seed's for its units, else the code. #}
{% macro area_name(area_code, seed_name) -%}
    case
        when {{ area_code }} = '{{ sql_text("area_code") }}' then '{{ sql_text("area_name_zh") }}'
        else coalesce({{ seed_name }}, {{ area_code }})
    end
{%- endmacro %}

{# Level of an area by the digits of its code: subdistrict (9), community (12), else district. #}
{% macro area_level(area_code) -%}
    case
        when {{ is_community(area_code) }} then 'community'
        when {{ is_subdistrict(area_code) }} then 'subdistrict'
        else 'district'
    end
{%- endmacro %}

{# Whether a code is of a subdistrict, as lists of subdistricts have it: 9 digits, no district and no community. #}
{% macro is_subdistrict(area_code) -%}
    ({{ is_area_code(area_code) }} and length({{ area_code }}) = 9)
{%- endmacro %}

{# Whether a code has the 12 digits of a community. #}
{% macro is_community(area_code) -%}
    {{ adapter.dispatch('is_community')(area_code) }}
{%- endmacro %}

{% macro default__is_community(area_code) -%}
    regexp_full_match({{ area_code }}, '[0-9]{12}')
{%- endmacro %}

{% macro spark__is_community(area_code) -%}
    {{ area_code }} rlike '^[0-9]{12}$'
{%- endmacro %}

{# Whether a text is the code of an area: 6 digits of a district, 9 of a subdistrict, 12 of a community. #}
{% macro is_area_code(text) -%}
    {{ adapter.dispatch('is_area_code')(text) }}
{%- endmacro %}

{% macro default__is_area_code(text) -%}
    regexp_full_match({{ text }}, '[0-9]{6}([0-9]{3}([0-9]{3})?)?')
{%- endmacro %}

{% macro spark__is_area_code(text) -%}
    {{ text }} rlike '^[0-9]{6}([0-9]{3}([0-9]{3})?)?$'
{%- endmacro %}
