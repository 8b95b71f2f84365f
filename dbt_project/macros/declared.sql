{#-
  Tables that a user enters because no standard gives their rows: municipal targets, scopes of baselines, equal-value
  electricity by year, verified rankings. Not here: rules and limits, which are seeds of the standards.
-#}

{#
  The rows of a declared table, by the name of its seed: the seed's (delivered with EcoLedger) and the user's own, which
  win on the same key (the seed's meta `key`). Reads like a table; a unit test gives all rows as the seed's.
#}
{% macro declared(name) -%}
    {%- set delivered = ref(name) -%}
    {%- if delivered.type == 'cte' -%}
        {{ delivered }}
    {%- else -%}
        {%- set entered = source('clean', 'declared_' ~ name) -%}
        {%- set key = declared_key(name) if execute else [] -%}
    (
        select * from {{ entered }}
        union all
        select d.*
        from {{ delivered }} as d
        where
            not exists (
                select 1 from {{ entered }} as e
                where true{% for column in key %} and e.{{ column }} = d.{{ column }}{% endfor %}
            )
    )
    {%- endif -%}
{%- endmacro %}

{# The columns that identify a row of a declared table. #}
{% macro declared_key(name) -%}
    {%- set seed = graph.nodes['seed.' ~ project_name ~ '.' ~ name] -%}
    {%- set key = seed.config.meta.get('key', []) -%}
    {%- if not key -%}
        {{ exceptions.raise_compiler_error("the seed " ~ name ~ " declares no key (config: meta: key)") }}
    {%- endif -%}
    {{ return(key) }}
{%- endmacro %}
