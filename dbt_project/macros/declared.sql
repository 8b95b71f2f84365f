{#-
  Tables that a user enters because no standard gives their rows: municipal targets, scopes of baselines, equal-value
  electricity by year, verified rankings. Not here: rules and limits, which are seeds of the standards.
-#}

{# The rows of a declared table, by the name of the seed that holds its columns. #}
{% macro declared(name) -%}
    {{ ref(name) }}
{%- endmacro %}
