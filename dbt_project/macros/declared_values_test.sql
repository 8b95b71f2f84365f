{#-
  One test per table for what its columns may hold, so that a mart costs one query instead of one per column.
  Not here: the grain (unique_grain), judgement by suites (expectations/).
-#}

{# Rows in which a column of `not_null` is null or a column of `values` holds something outside its list. #}
{% test declared_values(model, not_null=[], values={}) %}
select *
from {{ model }}
where
    {%- for column in not_null %}
    {{ column }} is null or
    {%- endfor %}
    {%- for column, allowed in values.items() %}
    {{ column }} is null or {{ column }} not in ('{{ allowed | join("', '") }}') or
    {%- endfor %}
    false
{% endtest %}
