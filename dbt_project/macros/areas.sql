{#- Names of areas. Not here: which area a site lies in (the site register). -#}

{# Chinese name of an area: the configured name for the district itself, the seed's for its units, else the code. #}
{% macro area_name(area_code, seed_name) -%}
    case
        when {{ area_code }} = '{{ var("area_code") }}' then '{{ var("area_name_zh") }}'
        else coalesce({{ seed_name }}, {{ area_code }})
    end
{%- endmacro %}
