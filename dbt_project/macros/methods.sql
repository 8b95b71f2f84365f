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

{# How a part of a composite score is scored: in symbols, or in Chinese words. Columns scoring, zero_at, full_at, better. #}
{% macro score_part_words(zh=false) -%}
    case scoring
        when 'linear' then concat(
            {{ plain_number('zero_at') }}, {{ "'为0分，'" if zh else "' = 0, '" }}, {{ plain_number('full_at') }},
            {{ "'为100分，区间线性'" if zh else "' = 100, linear'" }}
        )
        when 'steps' then {{ "'分档计分'" if zh else "'steps'" }}
        else concat(
            {{ "'按名次计分，'" if zh else "'rank, '" }},
            case better
                when 'higher' then {{ "'数值高者优'" if zh else "'highest first'" }}
                else {{ "'数值低者优'" if zh else "'lowest first'" }}
            end
        )
    end
{%- endmacro %}

{# How a composite score is made of its parts (relations s and p of mart_indicator_methods). #}
{% macro score_formula(zh=false) -%}
    concat({{ "'各分项得分的加权平均：'" if zh else "'S = Σ weight points / Σ weight: '" }}, p.words{{ '_zh' if zh }})
{%- endmacro %}

{# What a missing part does to a score, in words. #}
{% macro score_missing_words(missing, min_weight) -%}
    case {{ missing }}
        when 'reweight' then concat(
            'a missing part is left out with its weight',
            case
                when {{ min_weight }} is null then ''
                else concat('; ', {{ plain_number(min_weight) }}, ' of the weights are needed')
            end
        )
        when 'zero' then 'a missing part has no points'
        else 'a missing part leaves no score'
    end
{%- endmacro %}
