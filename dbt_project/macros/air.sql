{#-
  The individual air quality index (HJ 633), and the edition that it follows. One place for stations, the district and
  the tests.
  Not here: means and their validity (int_air_*), breakpoints (seed aqi_breakpoints), rounding rules (rule_values).
-#}

{#
  The day whose rules, limits and breakpoints hold for `day` under the edition `alias` (int_air_edition): the day itself,
  clamped into the edition's own validity.
#}
{% macro air_rule_day(day, alias) -%}
    case
        when {{ day }} < {{ alias }}.rules_from then {{ alias }}.rules_from
        when {{ day }} > {{ alias }}.rules_to then {{ alias }}.rules_to
        else {{ day }}
    end
{%- endmacro %}

{# Edition and standard of a figure that adds up days under two editions: it has no limits of its own. #}
{% macro mixed_edition() -%}
    'mixed'
{%- endmacro %}

{% macro mixed_standard() -%}
    'mixed_standard'
{%- endmacro %}

{#
  Rows of `relation` (columns: key…, `day`, pollutant, averaging, index_input) with iaqi: linear between the breakpoints
  in force on the day, exact, multiplied before divided, rounded up. A value on a breakpoint belongs to the lower band.
  Above the top one: the table's own rule (capped, fixed, or not computed: null). Inputs are rounded and so repeat: each
  is computed once.
#}
{% macro air_iaqi(relation, key, day) -%}
    select
        {% for column in key %}v.{{ column }}, {% endfor %}
        x.iaqi,
        x.is_above_top
    from {{ relation }} as v
    inner join ({{ air_breakpoint_tables() }}) as t
        on v.pollutant = t.pollutant and v.averaging = t.averaging and {{ in_force('v.' ~ day, 't') }}
    inner join (
        select
            u.pollutant,
            u.averaging,
            u.valid_from,
            u.index_input,
            coalesce(
                max(case
                    when u.index_input > b.bp_low and u.index_input <= b.bp_high or u.index_input = b.bp_low
                        then b.iaqi_low + {{ ratio_up(
                            '(b.iaqi_high - b.iaqi_low) * (u.index_input - b.bp_low)', 'b.bp_high - b.bp_low'
                        ) }}
                end),
                case when u.index_input > max(b.bp_high) then max(b.above_top_iaqi) end
            ) as iaqi,
            u.index_input > max(b.bp_high) as is_above_top
        from (
            select distinct
                w.pollutant,
                w.averaging,
                k.valid_from,
                w.index_input
            from {{ relation }} as w
            inner join ({{ air_breakpoint_tables() }}) as k
                on w.pollutant = k.pollutant and w.averaging = k.averaging and {{ in_force('w.' ~ day, 'k') }}
            where w.index_input >= 0
        ) as u
        inner join {{ ref('aqi_breakpoints') }} as b
            on u.pollutant = b.pollutant and u.averaging = b.averaging and u.valid_from = b.valid_from
        group by u.pollutant, u.averaging, u.valid_from, u.index_input
    ) as x
        on
            v.pollutant = x.pollutant and v.averaging = x.averaging and t.valid_from = x.valid_from
            and v.index_input = x.index_input
{%- endmacro %}

{# The dated tables of breakpoints: one row per pollutant, averaging time and first day. #}
{% macro air_breakpoint_tables() -%}
    select distinct
        pollutant,
        averaging,
        valid_from,
        valid_to
    from {{ ref('aqi_breakpoints') }}
{%- endmacro %}

{# In a select list: one row for every hour label of a date, 1 to 24 (the hour that ends then). #}
{% macro each_hour_label() -%}
    {{ adapter.dispatch('each_hour_label')() }}
{%- endmacro %}

{% macro default__each_hour_label() -%}
    cast(unnest(generate_series(1, {{ hours_per_day() }})) as bigint)
{%- endmacro %}

{% macro spark__each_hour_label() -%}
    explode(sequence(1, {{ hours_per_day() }}))
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
