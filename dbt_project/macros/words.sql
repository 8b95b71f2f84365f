{#-
  The Chinese words of what is published. A column that holds words of a closed vocabulary, or units, names it:

    - {name: validity, data_type: "varchar", description: "…", config: {meta: {vocabulary: validity}}}

  and the contract has `validity_zh` next to it. No model writes that column: with_words() adds it to the rows of every
  published table, from the seeds through int_words.
  Not here: names that a standard, a register or a declaration gives (item_zh, site_name_zh), which the models join.
-#}

{# The vocabulary of each column of this model that names one, as (column, vocabulary). #}
{% macro columns_with_words() -%}
    {%- set found = [] -%}
    {%- for column in model.columns.values() -%}
        {%- set vocabulary = ((column.get('config') or {}).get('meta') or {}).get('vocabulary') -%}
        {%- if vocabulary -%}
            {%- do found.append((column.name, vocabulary)) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}

{#
  The rows of a query with the Chinese word of each column of words next to it. A word that no seed knows stays as it is.
  Every join is one with a few words of one vocabulary.
#}
{% macro with_words(code) -%}
    {%- set columns = columns_with_words() -%}
    {%- if not columns -%}
        {{ return(code) }}
    {%- endif -%}
    select
        worded.*
        {%- for column, _ in columns %},
        coalesce(w{{ loop.index }}.word_zh, worded.{{ column }}) as {{ column }}_zh
        {%- endfor %}
    from (
        {{ code }}
    ) as worded
    {%- for column, vocabulary in columns %}
    left join {{ ref('int_words') }} as w{{ loop.index }}
        on w{{ loop.index }}.vocabulary = '{{ vocabulary }}' and w{{ loop.index }}.word = worded.{{ column }}
    {%- endfor %}
{%- endmacro %}
