{#-
  How tables and views are made: in one statement and one transaction, and not at all where nothing a relation depends on
  has changed. The refresh says what every node depends on (schema `state` of the working database,
  warehouse/candidate/build_state.py) and sets the variable `is_planned`; without it everything is built. Not here: which nodes
  dbt is asked for at all (warehouse/candidate/build_plan.py).

  dbt's own materialisation of a table makes another one, renames twice and drops: eight statements, which cost more than
  the rows of most models. DuckDB replaces a table within a transaction, so readers and a killed run see the old or the new one.
-#}

{% materialization table, adapter='duckdb' %}
    {%- if is_carried() -%}
        {{ return(carry()) }}
    {%- endif -%}
    {%- set relation = this.incorporate(type='table') -%}
    {%- set spans = changed_spans() -%}
    {%- if spans is not none -%}
        {{ build_days(relation, spans) }}
        {{ return({'relations': [relation]}) }}
    {%- endif -%}
    {{ drop_other_kind(relation) }}
    {%- set slices = all_slices() -%}
    {%- set code = with_words(compiled_code) -%}
    {%- set first = sliced(code, slices[0]) if slices else code -%}
    {%- call statement('main', auto_begin=True) -%}
        {{ know_reasons() }}
        {%- if config.get('contract').enforced -%}
            {%- set declared = adapter.dispatch('get_column_names', 'dbt')() %}
            create or replace table {{ relation }} as (
                select {{ declared }}, * exclude ({{ declared }}) from (
                    {{ first }}
                )
            );
            {{ assert_contract(relation) }}
        {%- else -%}
            create or replace table {{ relation }} as ({{ first }});
        {%- endif %}
        {%- for slice in slices[1:] %}
            insert into {{ relation }} by name ({{ sliced(code, slice) }});
        {%- endfor %}
        {% if by_day() and var('is_planned') -%}
            {{ note_days(relation) }}
            {{ note_built(token_of_days()) }}
        {%- else -%}
            {{ note_built(row_token(relation)) }}
        {%- endif %}
    {%- endcall -%}
    {{ adapter.commit() }}
    {{ return({'relations': [relation]}) }}
{% endmaterialization %}

{% materialization view, adapter='duckdb' %}
    {%- if is_carried() -%}
        {{ return(carry()) }}
    {%- endif -%}
    {%- set relation = this.incorporate(type='view') -%}
    {{ drop_other_kind(relation) }}
    {%- call statement('main', auto_begin=True) -%}
        create or replace view {{ relation }} as ({{ compiled_code }});
        {%- if by_day() and var('is_planned') -%}
            {{ note_days_of_view() }}
        {%- endif -%}
        {#- A view holds what it reads: its token is its key. #}
        {{ note_built("(select md5(key) from state.due where node = '" ~ model.unique_id ~ "')") }}
    {%- endcall -%}
    {{ adapter.commit() }}
    {{ return({'relations': [relation]}) }}
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
    {{ return({'relations': [this.incorporate(type=config.get('materialized'))]}) }}
{%- endmacro %}

{#
  Ends the statement, and so its transaction, where columns or types of `relation` are not those of the model's contract.
  dbt's own check asks the model's query for them before it runs, and binding one costs more than the rows of most models.
#}
{% macro assert_contract(relation) -%}
    select error('columns differ from the contract: ' || string_agg(difference, '; ' order by difference))
    from (
        select concat(column_name, ' is ', coalesce(found.column_type, 'missing'), ', the contract says ',
            coalesce(wanted.column_type, 'nothing of it')) as difference
        from (describe {{ relation }}) as found
        full join (describe {{ get_empty_schema_sql(model['columns']) }}) as wanted using (column_name)
        where found.column_type is distinct from wanted.column_type
    )
    having count(*) > 0;
{%- endmacro %}

{# A view that was a table in an earlier version of the project, or the other way round. #}
{% macro drop_other_kind(relation) -%}
    {%- set before = load_cached_relation(relation) -%}
    {%- if before is not none and before.type != relation.type -%}
        {{ drop_relation_if_exists(before) }}
    {%- endif -%}
{%- endmacro %}

{# Notes, in the same transaction, what the relation holds now (`token`, an expression) and under which key. #}
{% macro note_built(token) -%}
    {%- if var('is_planned') -%}
        {%- set id = model.unique_id %}
        delete from state.holds where node = '{{ id }}';
        delete from state.built where node = '{{ id }}';
        insert into state.holds select '{{ id }}', {{ token }};
        insert into state.built select node, key from state.due where node = '{{ id }}';
    {%- endif -%}
{%- endmacro %}

{# Rows in any order: their number and two sums over the hash of each. #}
{% macro row_token(relation) -%}
    (select {{ sums_of_rows('whole_row') }} from {{ relation }} as whole_row)
{%- endmacro %}

{# The same as an aggregate over the rows of the relation named `alias`. #}
{% macro sums_of_rows(alias) -%}
    count(*) || ':' || coalesce(bit_xor(hash({{ alias }})), 0) || ':' || coalesce(sum(hash({{ alias }})), 0)
{%- endmacro %}
