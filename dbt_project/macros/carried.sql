{#-
  Materialisations that leave a relation alone when nothing it depends on has changed. The refresh says what every node
  depends on (schema `state` of the working database, warehouse/build_state.py) and sets the variable `is_planned`;
  without it dbt builds as it always does. Not here: which nodes dbt is asked for at all (warehouse/build_plan.py).
-#}

{% materialization table, adapter='duckdb' %}
    {%- if is_carried() -%}
        {{ return(carry()) }}
    {%- endif -%}
    {%- do begin_build() -%}
    {%- set done = dbt.materialization_table_duckdb() -%}
    {%- do end_build(row_token()) -%}
    {{ return(done) }}
{% endmaterialization %}

{% materialization view, adapter='duckdb' %}
    {%- if is_carried() -%}
        {{ return(carry()) }}
    {%- endif -%}
    {%- do begin_build() -%}
    {%- set done = dbt.materialization_view_default() -%}
    {#- A view holds what it reads: its token is its key. -#}
    {%- do end_build("(select md5(key) from state.due where node = '" ~ model.unique_id ~ "')") -%}
    {{ return(done) }}
{% endmaterialization %}

{# Whether the relation was built under the key it has now. #}
{% macro is_carried() -%}
    {%- if not var('is_planned') or load_cached_relation(this) is none -%}
        {{ return(false) }}
    {%- endif -%}
    {%- set found = run_query(
        "select count(*) from state.due where node = '" ~ model.unique_id ~ "' and key = built_key"
    ) -%}
    {{ return(found.rows[0][0] == 1) }}
{%- endmacro %}

{# What a materialisation gives back for a relation that stays as it is. #}
{% macro carry() -%}
    {%- call noop_statement('main', 'CARRIED', 'CARRIED', 0) -%}
        select 'nothing it depends on has changed'
    {%- endcall -%}
    {{ return({'relations': [this.incorporate(type='view' if config.get('materialized') == 'view' else 'table')]}) }}
{%- endmacro %}

{# Before anything is touched: a build that is cut off must not count as one. #}
{% macro begin_build() -%}
    {%- if var('is_planned') -%}
        {%- do run_query("delete from state.built where node = '" ~ model.unique_id ~ "'") -%}
    {%- endif -%}
{%- endmacro %}

{# Notes what the relation holds now (`token`, an expression) and the key it was built under. #}
{% macro end_build(token) -%}
    {%- if var('is_planned') -%}
        {%- set id = model.unique_id -%}
        {%- do run_query("delete from state.holds where node = '" ~ id ~ "'") -%}
        {%- do run_query("insert into state.holds select '" ~ id ~ "', " ~ token) -%}
        {%- do run_query("insert into state.built select node, key from state.due where node = '" ~ id ~ "'") -%}
    {%- endif -%}
{%- endmacro %}

{# Rows in any order: their number and two sums over the hash of each. #}
{% macro row_token() -%}
    (
        select count(*) || ':' || coalesce(bit_xor(hash(whole_row)), 0) || ':' || coalesce(sum(hash(whole_row)), 0)
        from {{ this }} as whole_row
    )
{%- endmacro %}
