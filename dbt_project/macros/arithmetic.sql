{#-
  Exact arithmetic: quotients, means and roundings without a binary fraction. Every mean of the project is an exact
  decimal sum over a count through one of these; `avg` and `/` on values are lint errors (tests/unit/test_dbt_literals.py).
  Not here: logarithms (sound.sql, hydrogen), validity (verdicts.sql), limits and factors (seeds).
-#}

{# GB/T 8170-2008: half to even, on decimals. `decimals` is a constant. #}
{% macro round_even(expr, decimals) -%}
    {{ adapter.dispatch('round_even')(expr, decimals) }}
{%- endmacro %}

{% macro default__round_even(expr, decimals) -%}
    round_even({{ expr }}, {{ decimals }})
{%- endmacro %}

{% macro spark__round_even(expr, decimals) -%}
    bround({{ expr }}, {{ decimals }})
{%- endmacro %}

{# Quotient of two integers, cut off towards zero; null for a zero divisor. #}
{% macro integer_quotient(numerator, denominator) -%}
    {{ adapter.dispatch('integer_quotient')(numerator, denominator) }}
{%- endmacro %}

{% macro default__integer_quotient(numerator, denominator) -%}
    (({{ numerator }}) // nullif(({{ denominator }}), 0))
{%- endmacro %}

{% macro spark__integer_quotient(numerator, denominator) -%}
    (({{ numerator }}) div nullif(({{ denominator }}), 0))
{%- endmacro %}

{# The widest integer of the target. #}
{% macro wide_integer() -%}
    {{ adapter.dispatch('wide_integer')() }}
{%- endmacro %}

{% macro default__wide_integer() -%}
    hugeint
{%- endmacro %}

{% macro spark__wide_integer() -%}
    decimal(38, 0)
{%- endmacro %}

{# `expr` as an integer of units 10^-scale, exactly: it must have no more than `scale` decimals. #}
{% macro scaled_integer(expr, scale=6) -%}
    cast(cast({{ expr }} as decimal(38, {{ scale }})) * {{ '1' ~ '0' * scale }} as {{ wide_integer() }})
{%- endmacro %}

{#
  numerator : denominator carried to 12 decimals, decimal(38, 12), so that rounding it later to 11 decimals or fewer
  gives the same as rounding the true quotient: what does not come out even never ends in 0 or 5 (its last digit is
  moved one away from zero), so no false tie arises. Both operands have at most `scale` decimals.
#}
{% macro exact_quotient(numerator, denominator, scale=6) -%}
    {%- set n = scaled_integer(numerator, scale) ~ ' * 1000000000000' -%}
    {%- set d = scaled_integer(denominator, scale) -%}
    {%- set q = integer_quotient(n, d) -%}
    cast((
        {{ q }} + case
            when {{ q }} % 5 = 0 and {{ q }} * {{ d }} <> {{ n }}
                then sign({{ numerator }}) * sign({{ denominator }})
            else 0
        end
    ) as decimal(38, 0)) * cast(0.000000000001 as decimal(12, 12))
{%- endmacro %}

{# numerator : denominator, rounded half to even once. decimal(18, decimals). #}
{% macro exact_ratio(numerator, denominator, decimals, scale=6) -%}
    cast({{ round_even(exact_quotient(numerator, denominator, scale), decimals) }} as decimal(18, {{ decimals }}))
{%- endmacro %}

{#
  Mean that is to be rounded later: decimal(18, 6), digit 6 moved off 0 and 5 where the quotient goes on, so that a
  later rounding to 5 decimals or fewer is the rounding of the true mean.
#}
{% macro carried_mean(sum_expr, count_expr, scale=6) -%}
    {{ adapter.dispatch('carried_mean')(sum_expr, count_expr, scale) }}
{%- endmacro %}

{% macro default__carried_mean(sum_expr, count_expr, scale) -%}
    {%- set n = scaled_integer(sum_expr, scale) ~ ' * 1000000' -%}
    {%- set d = scaled_integer(count_expr, scale) -%}
    {{ carried_quotient(n, d, integer_quotient(n, d), 'sign(' ~ sum_expr ~ ')') }}
{%- endmacro %}

{#
  DuckDB divides 128-bit integers bit by bit: what fits is divided in 64 bits, where a double holds a number of
  millionths below 2^53 exactly.
#}
{% macro duckdb__carried_mean(sum_expr, count_expr, scale) -%}
    {%- set n = 'cast(cast(' ~ sum_expr ~ ' as double) * 1000000 as bigint) * 1000000' -%}
    {%- set d = 'cast(cast(' ~ count_expr ~ ' as double) * 1000000 as bigint)' -%}
    {%- if scale != 6 -%}
        {{ default__carried_mean(sum_expr, count_expr, scale) }}
    {%- else -%}
    case
        when abs({{ sum_expr }}) < 9000000 and {{ count_expr }} < 9000000
            then {{ carried_quotient(n, d, integer_quotient(n, d), 'sign(' ~ n ~ ')') }}
        else {{ default__carried_mean(sum_expr, count_expr, scale) }}
    end
    {%- endif -%}
{%- endmacro %}

{# The quotient q of millionths n : d, its digit 6 moved away from zero off 0 and 5 where it goes on: decimal(18, 6). #}
{% macro carried_quotient(n, d, q, sign) -%}
    cast(cast((
        {{ q }} + case when {{ q }} % 5 = 0 and {{ q }} * {{ d }} <> {{ n }} then {{ sign }} else 0 end
    ) as decimal(38, 0)) * cast(0.000001 as decimal(6, 6)) as decimal(18, 6))
{%- endmacro %}

{# numerator : denominator of non-negative operands, always up to the next integer (HJ 633, IAQI). bigint. #}
{% macro ratio_up(numerator, denominator, scale=6) -%}
    {{ adapter.dispatch('ratio_up')(numerator, denominator, scale) }}
{%- endmacro %}

{% macro default__ratio_up(numerator, denominator, scale) -%}
    {%- set n = scaled_integer(numerator, scale) -%}
    {%- set d = scaled_integer(denominator, scale) -%}
    cast({{ integer_quotient(n ~ ' + ' ~ d ~ ' - 1', d) }} as bigint)
{%- endmacro %}

{# What fits is divided in 64 bits: see carried_mean(). #}
{% macro duckdb__ratio_up(numerator, denominator, scale) -%}
    {%- set n = 'cast(cast(' ~ numerator ~ ' as double) * 1000000 as bigint)' -%}
    {%- set d = 'cast(cast(' ~ denominator ~ ' as double) * 1000000 as bigint)' -%}
    {%- if scale != 6 -%}
        {{ default__ratio_up(numerator, denominator, scale) }}
    {%- else -%}
    case
        when {{ numerator }} < 9000000 and {{ denominator }} < 9000000 then {{ integer_quotient(n ~ ' + ' ~ d ~ ' - 1', d) }}
        else {{ default__ratio_up(numerator, denominator, scale) }}
    end
    {%- endif -%}
{%- endmacro %}

{# Rounding half to even where a column has the number of decimals (0 to 6). decimal(18, 6). #}
{% macro round_even_by(expr, decimals_column) -%}
    {{ adapter.dispatch('round_even_by')(expr, decimals_column) }}
{%- endmacro %}

{% macro default__round_even_by(expr, decimals_column) -%}
    case {{ decimals_column }}
        {%- for n in range(7) %}
        when {{ n }} then cast({{ round_even(expr, n) }} as decimal(18, 6))
        {%- endfor %}
    end
{%- endmacro %}

{# The value is written once and not seven times, shifted to whole numbers and back: long values cost time to plan. #}
{% macro duckdb__round_even_by(expr, decimals_column) -%}
    cast(round_even(cast({{ expr }} as decimal(38, 12)) * case {{ decimals_column }}
        {%- for n in range(7) %} when {{ n }} then {{ 10 ** n }}{% endfor %} end, 0) * case {{ decimals_column }}
        {%- for n in range(7) %} when {{ n }} then cast({{ ['1', '0.1', '0.01', '0.001', '0.0001', '0.00001', '0.000001'][n] }} as decimal(7, 6)){% endfor %} end as decimal(18, 6))
{%- endmacro %}

{#
  The same, but a value that would round to 0 keeps one significant digit (82号 2020, as the public code applies it).
  decimal(18, 6).
#}
{% macro round_even_keeping_digit(expr, decimals_column) -%}
    case {{ decimals_column }}
        {%- for n in range(7) %}
        when {{ n }} then cast(coalesce(
            {%- for m in range(n, 7) %}
            nullif({{ round_even(expr, m) }}, 0),
            {%- endfor %}
            {{ round_even(expr, n) }}
        ) as decimal(18, 6))
        {%- endfor %}
    end
{%- endmacro %}

{# The middle value inside a group, of an even number the lower one: always a value that was delivered. #}
{% macro middle_value(expr) -%}
    {{ adapter.dispatch('middle_value')(expr) }}
{%- endmacro %}

{% macro default__middle_value(expr) -%}
    quantile_disc({{ expr }}, 0.5)
{%- endmacro %}

{% macro spark__middle_value(expr) -%}
    percentile_disc(0.5) within group (order by {{ expr }})
{%- endmacro %}

{# All values inside a group that are not null, smallest first: an array. #}
{% macro sorted_values(expr) -%}
    {{ adapter.dispatch('sorted_values')(expr) }}
{%- endmacro %}

{% macro default__sorted_values(expr) -%}
    list_sort(list({{ expr }}) filter (where {{ expr }} is not null))
{%- endmacro %}

{% macro spark__sorted_values(expr) -%}
    array_sort(collect_list({{ expr }}))
{%- endmacro %}

{# The value of an array at `place`, 1 for the first. #}
{% macro value_at(values, place) -%}
    {{ adapter.dispatch('value_at')(values, place) }}
{%- endmacro %}

{% macro default__value_at(values, place) -%}
    list_extract({{ values }}, {{ place }})
{%- endmacro %}

{% macro spark__value_at(values, place) -%}
    element_at({{ values }}, cast({{ place }} as int))
{%- endmacro %}

{#
  Percentile of `n` values in order (sorted_values): k = 1 + (n - 1) p, X_s + (X_(s+1) - X_s)(k - s) with s the whole part
  of k (HJ 663). `p` in percent. Exact; decimal(18, 6) where p has no decimals and the values have at most 4.
#}
{% macro linear_percentile(values, n, p) -%}
    {%- set steps = '(' ~ n ~ ' - 1) * cast(' ~ p ~ ' as bigint)' -%}
    {%- set place = '1 + ' ~ integer_quotient(steps, 100) -%}
    {%- set next = 'least(' ~ place ~ ' + 1, ' ~ n ~ ')' -%}
    cast({{ round_even(
        "(cast(" ~ value_at(values, place) ~ " as decimal(28, 8)) * (100 - (" ~ steps ~ ") % 100)"
        ~ " + cast(" ~ value_at(values, next) ~ " as decimal(28, 8)) * ((" ~ steps ~ ") % 100))"
        ~ " * cast(0.01 as decimal(3, 2))", 6
    ) }} as decimal(18, 6))
{%- endmacro %}
