{#-
  How the plan's targets are judged and projected: comparison, even pace, straight line through annual values.
  Not here: which value counts (int_plan_values), the words of a status (int_plan_judged), numbers of the rules (seeds).
-#}

{# Whether `value` attains `target` under the operator of a column; null where one of them is. #}
{% macro attains(operator, value, target) -%}
    case {{ operator }}
        when '<=' then {{ value }} <= {{ target }}
        when '<' then {{ value }} < {{ target }}
        when '>=' then {{ value }} >= {{ target }}
        when '>' then {{ value }} > {{ target }}
    end
{%- endmacro %}

{# `change` seen in the direction that is an improvement (column `better`: higher or lower). #}
{% macro gain(change, better) -%}
    case when {{ better }} = 'lower' then -({{ change }}) else {{ change }} end
{%- endmacro %}

{#
  Value at u = 0 of the least-squares line through n points (u, y), from their sums; u counts years from the target
  year, so this is the projection. Exact, carried to 12 decimals. Null where all points share one u.
#}
{% macro line_at_zero(n, sum_u, sum_uu, sum_y, sum_uy) -%}
    {{ exact_quotient(
        '(' ~ sum_y ~ ' * ' ~ sum_uu ~ ' - ' ~ sum_u ~ ' * ' ~ sum_uy ~ ')',
        '(' ~ n ~ ' * ' ~ sum_uu ~ ' - ' ~ sum_u ~ ' * ' ~ sum_u ~ ')'
    ) }}
{%- endmacro %}

{#
  Half the width of the prediction interval at u = 0: t · s · sqrt(1 + 1/n + mean(u)² / Sxx). z is y as an integer of
  millionths above the smallest y, so that all sums are exact; the root is rounded to 6 decimals. Null for n of 2 or
  fewer and where a sum would leave the range of exact integers.
#}
{% macro half_width_at_zero(quantile, n, sum_u, sum_uu, sum_z, sum_zz, sum_uz) -%}
    {%- set spread = '(' ~ n ~ ' * ' ~ sum_uu ~ ' - ' ~ sum_u ~ ' * ' ~ sum_u ~ ')' -%}
    cast(
        cast({{ quantile }} as double) * sqrt(cast(
            (({{ n }} * {{ sum_zz }} - {{ sum_z }} * {{ sum_z }}) * {{ spread }}
            - ({{ n }} * {{ sum_uz }} - {{ sum_u }} * {{ sum_z }}) * ({{ n }} * {{ sum_uz }} - {{ sum_u }} * {{ sum_z }}))
            * ({{ spread }} + {{ sum_uu }})
            as double
        ) / nullif({{ n }} * ({{ n }} - 2), 0)) / nullif({{ spread }}, 0) / 1000000
        as decimal(18, 6)
    )
{%- endmacro %}

{# Spread of values up to which the sums of half_width_at_zero() stay exact integers. #}
{% macro widest_exact() -%}
    1000000000
{%- endmacro %}

{# Numerator up to which a quotient of twelve decimals stays within exact integers. #}
{% macro largest_exact() -%}
    10000000000000
{%- endmacro %}
