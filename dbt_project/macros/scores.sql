{#-
  Composite scores: points of the scoring functions from 0 to 100, and what a part makes of a score.
  Not here: which figures are scored and what a missing part does (int_composite_part, mart_composite_score).
-#}

{# Points between the value without any and the one with all, 6 decimals; beyond them 0 or 100. #}
{% macro points_between(value, zero_at, full_at) -%}
    {%- set rises = 'sign(' ~ full_at ~ ' - ' ~ zero_at ~ ')' -%}
    case
        when ({{ value }} - {{ zero_at }}) * {{ rises }} <= 0 then 0
        when ({{ value }} - {{ full_at }}) * {{ rises }} >= 0 then 100
        else {{ round_even(exact_quotient(
            '(' ~ value ~ ' - ' ~ zero_at ~ ') * ' ~ rises ~ ' * 100', 'abs(' ~ full_at ~ ' - ' ~ zero_at ~ ')'
        ), 6) }}
    end
{%- endmacro %}

{# Points of a shared rank, 6 decimals: 100 for the first, 0 for the last of n; the only one has 100. #}
{% macro points_of_rank(place, n) -%}
    case
        when {{ n }} = 1 then 100
        else {{ round_even(exact_quotient('(' ~ n ~ ' - ' ~ place ~ ') * 100', '(' ~ n ~ ' - 1)'), 6) }}
    end
{%- endmacro %}

{# A part of a sum of weights, or of weighted points, to 4 decimals: decimal(18, 6). #}
{% macro part_of_weights(product, weights) -%}
    cast({{ round_even(carried_of_products(product, weights, 12), 4) }} as decimal(18, 6))
{%- endmacro %}
