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

{# How a figure of areas is made, from its statistic: in symbols, or in Chinese words. #}
{% macro area_formula(statistic, zh=false) -%}
    case {{ statistic }}
        {%- for word, symbols, words in [
            ('mean', 'Σ value / n', '各站点数值的算术平均'),
            ('sum', 'Σ value', '各站点数值之和'),
            ('worst', 'max value', '最差站点'),
            ('share_attaining', 'n attaining / n judged × 100', '达标站点数 ÷ 评价站点数 × 100'),
            ('weighted_share_attaining', 'Σ weight attaining / Σ weight judged × 100', '达标站点权重之和 ÷ 评价站点权重之和 × 100'),
            ('weighted_mean', 'Σ (weight × value) / Σ weight', '各站点数值的加权平均')
        ] %}
        when '{{ word }}' then '{{ words if zh else symbols }}'
        {%- endfor %}
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
