{#-
  Why a figure is as it is: models write codes with parameters, published tables show sentences in both languages.

    {{ reason('too_few_hours', 'hours_valid', 'hours_needed') }}   gives   too_few_hours(3|16)
    concat_ws(';', {{ reason(…) }}, {{ reason(…) }})               gives   month_not_over;too_few_hours(3|16)

  The sentences are in the seed words/reasons, with {1}, {2} for parameters; of a sentence that ends with a colon the next
  one follows without a semicolon. A parameter is a number, a text, or words of the same seed: '@hours' in a call, or
  {'words': expression} for an expression that gives such words, several with ', ' between them.
  Not here: words of closed vocabularies (words.sql), or which figure has which reason (models).
-#}

{# One reason as text. The code is a literal, so that a test finds it in the seed; parameters are SQL, '@word' or words. #}
{% macro reason(code) -%}
    {%- if not varargs -%}
        {{ return("'" ~ code ~ "'") }}
    {%- endif -%}
    {%- set found = [] -%}
    {%- for parameter in varargs -%}
        {%- if parameter is mapping -%}
            {%- do found.append(parameter.words) -%}
        {%- elif parameter.startswith('@') -%}
            {%- do found.append("'" ~ parameter ~ "'") -%}
        {%- else -%}
            {%- do found.append(reason_parameter(parameter)) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return("concat('" ~ code ~ "(', " ~ found | join(", '|', ") ~ ", ')')") }}
{%- endmacro %}

{# A parameter as text without what separates reasons and parameters, as in addresses of the web: %3B for a semicolon. #}
{% macro reason_parameter(expr) -%}
    {%- set found = namespace(text='cast(' ~ expr ~ ' as varchar(4000))') -%}
    {%- for sign, written in [('%', '%25'), ('|', '%7C'), ('(', '%28'), (')', '%29'), (';', '%3B'), ('@', '%40')] -%}
        {%- set found.text = 'replace(' ~ found.text ~ ", '" ~ sign ~ "', '" ~ written ~ "')" -%}
    {%- endfor -%}
    {{ return(found.text) }}
{%- endmacro %}

{# The columns of this model that hold reasons. #}
{% macro columns_with_reasons() -%}
    {%- set found = [] -%}
    {%- for column in model.columns.values() -%}
        {%- if ((column.get('config') or {}).get('meta') or {}).get('reasons') -%}
            {%- do found.append(column.name) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}

{# Statements that a table with reasons needs before its own: the sentences by code, as variables of the connection. #}
{% macro know_reasons() -%}
    {%- if columns_with_reasons() -%}
        {%- for language in ['', '_zh'] %}
            set variable reasons{{ language }} = (
                select map_from_entries(list((code, sentence{{ language }}))) from {{ ref('reasons') }}
            );
        {%- endfor %}
    {%- endif -%}
{%- endmacro %}

{#
  The sentences of a text of reasons, English ('') or Chinese ('_zh'), by the variables of know_reasons(). A code that the
  seed does not know stays as it is. Row by row: most texts are empty, and a join with the sentences of each distinct text
  took longer.
#}
{% macro reason_sentence(text, language) -%}
    {%- set sentences = "getvariable('reasons" ~ language ~ "')" -%}
    {%- set between = {'': '; ', '_zh': '；'}[language] -%}
    {%- set colon = {'': ':', '_zh': '：'}[language] -%}
    {%- set listed = {'': ', ', '_zh': '、'}[language] -%}
    {#- One expression for any number of parameters: a query is planned for longer than its few rows take. -#}
    {%- set word = "case when p[1] = '@' then coalesce(" ~ sentences ~ "[p[2:]], p) else url_decode(p) end" -%}
    {%- set shown = "list_transform(string_split(q, ', '), lambda p: " ~ word ~ ")" -%}
    {%- set given = "string_split(rtrim(split_part(r, '(', 2), ')'), '|')" -%}
    {%- set parameters = "list_transform(" ~ given ~ ", lambda q: array_to_string(" ~ shown ~ ", '" ~ listed ~ "'))" -%}
    {%- set sentence = "coalesce(" ~ sentences ~ "[split_part(r, '(', 1)], r)" -%}
    {#- The sentence is the first of the list, so that parameter 1 is its second. -#}
    {%- set said = "list_reduce(list_prepend(" ~ sentence ~ ", " ~ parameters ~ "), lambda made, q, n: "
        ~ "replace(made, concat('{', n - 1, '}'), q))" -%}
    case
        when {{ text }} = '' then ''
        else replace(
            array_to_string(list_transform(string_split({{ text }}, ';'), lambda r: {{ said }}), '{{ between }}'),
            '{{ colon ~ between }}', '{{ colon ~ (' ' if language == '' else '') }}'
        )
    end
{%- endmacro %}
