{#-
  Arithmetic of the air standards: the individual index (HJ 633), the edition that a day follows.
  Not here: percentiles (arithmetic.sql), means and their validity (int_air_*), breakpoints (seed aqi_breakpoints), rounding rules (rule_values).
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

{# Whether `value` lies in the band `b` (int_air_iaqi_bands). A value on a breakpoint belongs to the lower band. #}
{% macro air_in_band(value, b) -%}
    ({{ value }} > {{ b }}.bp_low or ({{ value }} = {{ b }}.bp_low and {{ b }}.is_lowest))
    and ({{ b }}.bp_high is null or {{ value }} <= {{ b }}.bp_high)
{%- endmacro %}

{#
  IAQI of `value`, which lies in the band `b`: linear between its breakpoints, exact, multiplied before divided, rounded
  up. Above the top one: what its table says (capped, fixed, or not computed: null).
#}
{% macro air_iaqi(value, b) -%}
    case
        when {{ b }}.bp_high is null then {{ b }}.iaqi_low
        else {{ b }}.iaqi_low + {{ ratio_up(
            '(' ~ b ~ '.iaqi_high - ' ~ b ~ '.iaqi_low) * (' ~ value ~ ' - ' ~ b ~ '.bp_low)',
            b ~ '.bp_high - ' ~ b ~ '.bp_low'
        ) }}
    end
{%- endmacro %}

{#
  Why an air statistic is not simply valid, from int_air_period_validity as `v` and the period `p`.
  `left_out`: how many of the valid days a notice leaves out (they lower no validity).
-#}
{% macro air_period_reason(unit_word, left_out='0') -%}
    case
        when v.validity = 'pending' then 'the period is not over'
        when v.validity = 'insufficient'
            then concat(
                '{{ unit_word }}: ', v.n_valid, ' of ', v.n_expected,
                case when {{ left_out }} > 0 then concat(' (', {{ left_out }}, ' left out by notice)') else '' end,
                ', complete months that hold: ', v.n_months_held, ' of ', v.n_months
            )
        when v.validity = 'indicative' and p.is_whole then 'year to date: the annual rule does not apply yet'
        when v.validity = 'indicative' then 'part of a year under one edition: the annual rule does not apply'
        else ''
    end
{%- endmacro %}

{# The unit of dustfall wherever it is published: months are normalised to the standard's 30 days. #}
{% macro dustfall_unit() -%}
    't/(km2.30d)'
{%- endmacro %}
