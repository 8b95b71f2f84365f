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

{# Rows in which one of `columns` is not 0: a sum that does not come out. #}
{% test all_zero(model, columns) %}
select *
from {{ model }}
where
    {%- for column in columns %}
    {{ column }} is null or {{ column }} <> 0{{ ' or' if not loop.last }}
    {%- endfor %}
{% endtest %}

{# One row if the table has another number of rows than `ref_model`. #}
{% test row_count_is(model, ref_model) %}
select
    m.n as found,
    r.n as expected
from (select count(*) as n from {{ model }}) as m
cross join (select count(*) as n from {{ ref_model }}) as r
where m.n <> r.n
{% endtest %}
