{#-
  The data test of seeds and intermediate models: one per table, one statement, whatever it declares.
  Not here: published marts, whose yml declares not_null and values under meta for the gate (expectations/); relations
  between tables (tests/, methods.sql).
-#}

{#
  Fails where `model` breaks what its yml declares:
    grain           columns that no two rows share
    also_unique     further keys, each a list of columns
    not_null        columns that are never null
    not_null_where  column: condition, where it is never null
    values          column: closed vocabulary (null is the affair of not_null)
    rows_of         a table that has as many rows
  dbt says of a failed test only how many rows it gave. So the statement raises its own words: each broken rule with
  its column, how many rows break it, and one of them by its grain. At severity warn it gives these words as a row.
#}
{% test holds(model, grain=[], also_unique=[], not_null=[], not_null_where={}, values={}, rows_of=none) %}
{%- set key = row_in_words(grain) -%}
{%- set keys = ([grain] if grain else []) + also_unique -%}
{%- set rules = [] -%}
{%- for column in not_null -%}
    {%- do rules.append(('not_null(' ~ column ~ ')', column ~ ' is null', key)) -%}
{%- endfor -%}
{%- for column, condition in not_null_where.items() -%}
    {%- set broken = column ~ ' is null and (' ~ condition ~ ')' -%}
    {%- do rules.append(('not_null(' ~ column ~ ') where ' ~ condition, broken, key)) -%}
{%- endfor -%}
{%- for column, allowed in values.items() -%}
    {%- set words = allowed | map('replace', "'", "''") | join("', '") -%}
    {%- set example = row_in_words(grain + [column]) -%}
    {%- do rules.append(('values(' ~ column ~ ')', column ~ " not in ('" ~ words ~ "')", example)) -%}
{%- endfor -%}
with by_row as (
    select
        {%- for _, broken, example in rules %}
        sum(case when {{ broken }} then 1 else 0 end) as n_{{ loop.index }},
        min(case when {{ broken }} then {{ example }} end) as example_{{ loop.index }},
        {%- endfor %}
        count(*) as n_rows
    from {{ model }}
),

{% for columns in keys -%}
key_{{ loop.index }} as (
    select
        count(*) as n,
        min({{ row_in_words(columns) }}) as example
    from (
        select {{ columns | join(', ') }}
        from {{ model }}
        group by {{ columns | join(', ') }}
        having count(*) > 1
    ) as t
),

{% endfor -%}
wanted as (
    select {{ '(select count(*) from ' ~ rows_of ~ ')' if rows_of else 'cast(null as bigint)' }} as n_rows
),

found as (
    select
        concat(
            {%- for says, _, _ in rules %}
            {{ words_of_rule(says, 'by_row.n_' ~ loop.index, 'rows', 'by_row.example_' ~ loop.index) }},
            {%- endfor %}
            {%- for columns in keys %}
            {%- set key = 'key_' ~ loop.index %}
            {{ words_of_rule('unique(' ~ columns | join(', ') ~ ')', key ~ '.n', 'keys', key ~ '.example') }},
            {%- endfor %}
            case
                when by_row.n_rows <> wanted.n_rows
                    then concat(
                        'rows: ', cast(by_row.n_rows as string), ' instead of ', cast(wanted.n_rows as string), '; '
                    )
                else ''
            end
        ) as broken
    from by_row
    {%- for _ in keys %}
    cross join key_{{ loop.index }}
    {%- endfor %}
    cross join wanted
)

select broken
from found
where
    {%- if (config.get('severity') or 'error') | lower == 'warn' %}
    broken <> ''
    {%- else %}
    {#- In the condition, because dbt counts the rows and so reads no column. #}
    case when broken <> '' then {{ refused("concat('" ~ (model.identifier or 'the table') ~ " breaks what it declares: ', broken)") }} end
    is not null
    {%- endif %}
{% endtest %}

{# The values of `columns` in one row, as text: what tells it from the others. #}
{% macro row_in_words(columns) -%}
    concat(
        '(',
        {%- for column in columns %} coalesce(cast({{ column }} as string), 'null'),{{ " ', '," if not loop.last }}{% endfor %}
        ')'
    )
{%- endmacro %}

{# 'not_null(day): 3 rows, such as (A, null); ' where `count` is above 0, else nothing. #}
{% macro words_of_rule(says, count, what, example) -%}
    case
        when {{ count }} > 0
            then concat(
                '{{ says | replace("'", "''") }}: ', cast({{ count }} as string), ' {{ what }}, such as ', {{ example }}, '; '
            )
        else ''
    end
{%- endmacro %}
