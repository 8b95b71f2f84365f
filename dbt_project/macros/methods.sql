{#-
  Words that mart_indicator_methods makes of numbers and dates, and the test that no figure is without its method.
  Not here: what a method is (seeds/methods).
-#}

{# A decimal as people write it: 0.75, 27. #}
{% macro plain_number(expr) -%}
    rtrim(rtrim(cast(cast({{ expr }} as decimal(18, 6)) as string), '0'), '.')
{%- endmacro %}

{# The days an entry holds, in words; an open or unknown end is said. #}
{% macro span_in_words(valid_from, valid_to) -%}
    case
        when {{ valid_from }} is null then 'no dated document at hand'
        when {{ valid_to }} is null then concat('from ', cast({{ valid_from }} as string), ' on')
        else concat(cast({{ valid_from }} as string), ' to ', cast({{ valid_to }} as string))
    end
{%- endmacro %}

{# Indicators and variants of the figures that `methods` does not describe. #}
{% test every_figure_has_a_method(model, methods) %}
select distinct
    v.indicator_id,
    v.variant
from {{ model }} as v
left join {{ methods }} as m on v.indicator_id = m.indicator_id and v.variant = m.variant
where m.indicator_id is null
{% endtest %}
