{#-
  Rank correlation of a series with time (Spearman, Daniel's test). Not here: critical values and how many years a series
  needs (seeds), which way is better (mart_water_trends).
-#}

{# Twice the rank of a value inside a window, an integer where ranks are shared: ties have the mean of their ranks. #}
{% macro doubled_rank(value, series) -%}
    2 * rank() over (partition by {{ series }} order by {{ value }})
    + count(*) over (partition by {{ series }}, {{ value }}) - 1
{%- endmacro %}

{#
  Spearman's coefficient, carried to 6 decimals, from sums over the n values of a series: `squares` of the differences of
  doubled ranks, `ties` of t * t - 1, where t values share a rank. Without ties it is 1 - 6 sum(d * d) : (n * n * n - n);
  with ties it is the correlation of the ranks. Null where all values are equal.
#}
{% macro rank_correlation(squares, ties, n) -%}
    {%- set full = '(' ~ n ~ ' * ' ~ n ~ ' * ' ~ n ~ ' - ' ~ n ~ ')' -%}
    {%- set tied = '(' ~ full ~ ' - ' ~ ties ~ ')' -%}
    cast(
        cast({{ full }} + {{ tied }} - 3 * {{ squares }} as double)
        / nullif(2 * sqrt(cast({{ full }} * {{ tied }} as double)), 0)
        as decimal(18, 6)
    )
{%- endmacro %}
