{#- QARTOD flag values where a model counts one kind. Which flags feed statistics is a rule (is_usable, project.sql). -#}

{# 3: suspect. #}
{% macro suspect_flag() -%}
    3
{%- endmacro %}

{# 4: fail. #}
{% macro fail_flag() -%}
    4
{%- endmacro %}

{# 9: missing, declared by the source. #}
{% macro missing_flag() -%}
    9
{%- endmacro %}
