{#- Generic data tests of the project. Not here: judgement by suites (expectations/). -#}

{# The columns are the table's grain: rows that share one fail. #}
{% test unique_grain(model, columns) %}
select {{ columns | join(', ') }}
from {{ model }}
group by {{ columns | join(', ') }}
having count(*) > 1
{% endtest %}
