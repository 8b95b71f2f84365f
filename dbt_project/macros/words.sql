{#-
  The Chinese words of what is published. A column that holds words of a closed vocabulary, or units, names it:

    - {name: validity, data_type: "varchar", description: "…", config: {meta: {vocabulary: validity}}}

  and the contract has `validity_zh` next to it. No model writes that column: with_words() adds it to the rows of every
  published table, from the seeds through int_words.
  A column of reasons says `config: {meta: {reasons: true}}` and holds codes (reasons.sql); the contract has `<column>_zh`
  and `<column>_code` next to it, and what is published as `<column>` is the English sentence.
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
  The rows of a query with the Chinese word of each column of words next to it, and the sentences of each column of
  reasons. A word that no seed knows stays as it is. Every join is one with a few words of one vocabulary.
#}
{% macro with_words(code) -%}
    {%- set columns = columns_with_words() -%}
    {%- set reasons = columns_with_reasons() -%}
    {%- if not columns and not reasons -%}
        {{ return(code) }}
    {%- endif -%}
    select
        worded.*{{ ' exclude (' ~ reasons | join(', ') ~ ')' if reasons }}
        {%- for column, _ in columns %},
        coalesce(w{{ loop.index }}.word_zh, worded.{{ column }}) as {{ column }}_zh
        {%- endfor %}
        {%- for column in reasons %},
        {{ reason_sentence('worded.' ~ column, '') }} as {{ column }},
        {{ reason_sentence('worded.' ~ column, '_zh') }} as {{ column }}_zh,
        worded.{{ column }} as {{ column }}_code
        {%- endfor %}
    from (
        {{ code }}
    ) as worded
    {%- for column, vocabulary in columns %}
    left join {{ ref('int_words') }} as w{{ loop.index }}
        on w{{ loop.index }}.vocabulary = '{{ vocabulary }}' and w{{ loop.index }}.word = worded.{{ column }}
    {%- endfor %}
{%- endmacro %}
