{#-
  Amount × factor without a binary fraction, and the verdict over an energy total.
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

{# Whether n_valid of n_expected minutes reach `share`, multiplied instead of divided. #}
{% macro energy_covered(n_valid, n_expected, share) -%}
    {{ n_valid }} >= {{ n_expected }} * {{ share }}
{%- endmacro %}

{#
  Verdict over an energy total. A total is a sum: what is missing lowers it. Overlapping readings (more minutes than the
  period has) would count twice and are insufficient; a missing factor is; a provisional factor is indicative.
#}
{% macro energy_validity(n_valid, n_expected, rules, is_pending, lacks_coal, lacks_co2, is_provisional) -%}
    case
        when {{ n_valid }} > {{ n_expected }} then 'insufficient'
        when {{ is_pending }} and not {{ energy_covered(n_valid, n_expected, rules ~ '.energy_coverage_valid') }} then 'pending'
        when {{ lacks_coal }} or {{ lacks_co2 }} then 'insufficient'
        when not {{ energy_covered(n_valid, n_expected, rules ~ '.energy_coverage_indicative') }} then 'insufficient'
        when not {{ energy_covered(n_valid, n_expected, rules ~ '.energy_coverage_valid') }} or {{ is_provisional }} then 'indicative'
        else 'valid'
    end
{%- endmacro %}

{# Why the verdict is not simply valid; empty where it is. `provisional_year` is the factor's year or null. #}
{% macro energy_reason(n_valid, n_expected, rules, lacks_coal, lacks_co2, provisional_year) -%}
    concat_ws(
        '; ',
        case when {{ n_valid }} > {{ n_expected }} then 'overlapping readings' end,
        case
            when not {{ energy_covered(n_valid, n_expected, rules ~ '.energy_coverage_valid') }}
                then concat('covered ', cast({{ n_valid }} as string), ' of ', cast({{ n_expected }} as string), ' minutes')
        end,
        case when {{ lacks_coal }} then 'no standard coal factor in force' end,
        case when {{ lacks_co2 }} then 'no CO2 factor in force' end,
        case
            when {{ provisional_year }} is not null
                then concat('provisional_factor: grid factor of ', cast({{ provisional_year }} as string))
        end
    )
{%- endmacro %}

{#
  Signed contribution to the district total: 0 for a meter, which is part of the balance, and for what the scope leaves
  out, even without a factor.
-#}
{% macro signed(is_shown, sign_column, value, metering) -%}
    cast(
        case
            when {{ metering }} = 'meter' then 0
            when {{ is_shown }} then case when {{ sign_column }} = 0 then 0 else {{ sign_column }} * {{ value }} end
        end
        as decimal(24, 6)
    )
{%- endmacro %}

{#
  Rows of the annual mart that the district's totals are made of: the balance, never meters. Where the district itself
  reports in a period, its rows count and those of its units do not.
#}
{% macro counted_balance(annual) -%}
    select
        b.*,
        b.n_valid <> b.n_expected as has_gap
    from (
        select
            m.*,
            max(case when m.area_code = '{{ var("area_code") }}' then 1 else 0 end) over (
                partition by m.period_kind, m.period_start
            ) as has_district_rows
        from {{ annual }} as m
        where m.metering = 'balance' and m.area_code like '{{ var("area_code") }}%'
    ) as b
    where b.has_district_rows = 0 or b.area_code = '{{ var("area_code") }}'
{%- endmacro %}
