{#-
  Amount × factor without a binary fraction, and the verdicts over an amount and over what is made of it.
  Not here: quotients and means (arithmetic.sql), the factors themselves (seeds/energy), calendars (calendar.sql).
-#}

{#
  amount × numerator : denominator, rounded half to even once: decimal(24, 6). `amount` has at most 6 decimals,
  `numerator` and `denominator` at most 9; the denominator is positive. Null if any of them is null.
#}
{% macro amount_times(amount, numerator, denominator) -%}
    {%- set n = '(abs(' ~ scaled_integer(amount, 6) ~ ') * ' ~ scaled_integer(numerator, 9) ~ ')' -%}
    {%- set d = scaled_integer(denominator, 9) -%}
    {%- set q = integer_quotient(n, d) -%}
    cast(sign({{ amount }}) * ({{ q }} + case
        when ({{ n }} - {{ q }} * {{ d }}) * 2 > {{ d }} then 1
        when ({{ n }} - {{ q }} * {{ d }}) * 2 = {{ d }} and {{ q }} % 2 = 1 then 1
        else 0
    end) as decimal(30, 0)) * cast(0.000001 as decimal(6, 6))
{%- endmacro %}

{# The share of an amount that `part` of `whole` minutes have, rounded half to even once: decimal(18, 6). #}
{% macro amount_of_part(amount, part, whole) -%}
    cast({{ round_even(exact_quotient('cast(' ~ amount ~ ' * ' ~ part ~ ' as decimal(38, 6))', whole), 6) }}
        as decimal(18, 6))
{%- endmacro %}

{#
  Verdict over an amount by the minutes covered. An amount is a sum: what is missing lowers it. Overlapping readings (more
  minutes than the period has) would count twice and are insufficient, and so is a year with a month without inputs.
  `is_pending`: readings can still come; what is complete already does not wait for them.
#}
{% macro energy_validity(n_valid, n_expected, rules, is_pending, has_overlap, lacks_month='false') -%}
    case
        when {{ has_overlap }} then 'insufficient'
        when {{ is_pending }} and {{ n_valid }} < {{ n_expected }} * {{ rules }}.energy_coverage_valid then 'pending'
        when {{ lacks_month }} then 'insufficient'
        when {{ n_valid }} < {{ n_expected }} * {{ rules }}.energy_coverage_indicative then 'insufficient'
        when {{ n_valid }} < {{ n_expected }} * {{ rules }}.energy_coverage_valid then 'indicative'
        else 'valid'
    end
{%- endmacro %}

{# Why the amount is not simply valid; empty where it is. `months_lacking`: the reason that months lack inputs, or null. #}
{% macro energy_reason(n_valid, n_expected, rules, is_pending, has_overlap, months_lacking='null') -%}
    case
        when {{ has_overlap }} then {{ reason('overlapping_readings') }}
        when {{ n_valid }} >= {{ n_expected }} * {{ rules }}.energy_coverage_valid and {{ months_lacking }} is null then ''
        else concat_ws(
            ';',
            case when {{ is_pending }} then {{ reason('readings_can_still_come') }} end,
            case when not {{ is_pending }} then {{ months_lacking }} end,
            {{ reason('minutes_covered', n_valid, n_expected) }}
        )
    end
{%- endmacro %}

{#
  Verdict of a value that is made of an amount (standard coal by one of two methods, CO2), of row `j` with
  amount_validity. A value without its factor is insufficient, one by a provisional factor at most indicative; what one
  value lacks is not a fault of another. What the scope leaves out counts as 0 and is valid.
#}
{% macro energy_value_validity(j, lacks_factor, is_provisional='false', is_out_of_scope='false') -%}
    case
        when {{ is_out_of_scope }} then 'valid'
        when {{ j }}.amount_validity in ('insufficient', 'pending') then {{ j }}.amount_validity
        when {{ j }}.kind = 'none' or {{ lacks_factor }} then 'insufficient'
        when {{ is_provisional }} then 'indicative'
        else {{ j }}.amount_validity
    end
{%- endmacro %}

{# Why it is not simply valid, from amount_reason of row `j`; `what`: the reason where its factor is missing. #}
{% macro energy_value_reason(j, lacks_factor, what, is_provisional='false', is_out_of_scope='false') -%}
    case
        when {{ is_out_of_scope }} then ''
        else concat_ws(
            ';',
            nullif({{ j }}.amount_reason, ''),
            case
                when {{ j }}.kind = 'none' then {{ reason('not_an_energy_carrier') }}
                when {{ lacks_factor }} then {{ what }}
                when {{ is_provisional }}
                    then {{ reason('provisional_grid_factor', j ~ '.grid_year') }}
            end
        )
    end
{%- endmacro %}

{# A value where its verdict allows one: decimal(24, 6). #}
{% macro where_valid_or_indicative(validity, value) -%}
    cast(case when {{ validity }} in ('valid', 'indicative') then {{ value }} end as decimal(24, 6))
{%- endmacro %}

{#
  Signed contribution to the district total: 0 for a meter, which is part of the balance, and for what the scope leaves
  out, whatever its factor and its coverage.
#}
{% macro counted_in_scope(validity, sign_column, value, metering) -%}
    cast(
        case
            when {{ metering }} = 'meter' or {{ sign_column }} = 0 then 0
            when {{ validity }} in ('valid', 'indicative') then {{ sign_column }} * {{ value }}
        end
        as decimal(24, 6)
    )
{%- endmacro %}

{# The reason that months lack inputs, from the first to the last of them; null where none does. #}
{% macro months_lacking_reason(first_month, last_month) -%}
    {%- set first = 'substr(cast(' ~ first_month ~ ' as string), 1, 7)' -%}
    {%- set last = 'substr(cast(' ~ last_month ~ ' as string), 1, 7)' -%}
    case
        when {{ first_month }} = {{ last_month }} then {{ reason('month_lacks_inputs', first) }}
        when {{ first_month }} < {{ last_month }} then {{ reason('months_lack_inputs', first, last) }}
    end
{%- endmacro %}
