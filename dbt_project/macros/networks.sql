{#-
  Periods of declared networks, families of figures, reference oxygen, which values can be weighed or be a level.
  Not here: sums and figures (networks_figures.sql), limits and grades (networks_judged.sql), the declarations themselves
  (tables declared_network_…), calendar periods (calendar.sql), rounding and means (arithmetic.sql).
-#}

{# First moment of the period of a kind that `moment` lies in: timestamp. A half-month begins on day 1 or 16. #}
{% macro network_period_start(period_kind, moment) -%}
    case {{ period_kind }}
        when 'hour' then date_trunc('hour', {{ moment }})
        when 'day' then cast(cast({{ moment }} as date) as timestamp)
        when 'sample' then {{ moment }}
        else cast({{ calendar_start(period_kind, moment) }} as timestamp)
    end
{%- endmacro %}

{# First moment after the period of a kind that begins at `period_start`: timestamp; null for a sample. #}
{% macro network_period_end(period_kind, period_start) -%}
    case {{ period_kind }}
        when 'hour' then {{ hours_after(period_start, 1) }}
        when 'day' then cast({{ days_after(period_start, 1) }} as timestamp)
        when 'week' then cast({{ days_after(period_start, 7) }} as timestamp)
        when 'month' then cast({{ months_after(period_start, 1) }} as timestamp)
        when 'quarter' then cast({{ months_after(period_start, 3) }} as timestamp)
        when 'half_year' then cast({{ months_after(period_start, 6) }} as timestamp)
        when 'year' then cast({{ months_after(period_start, 12) }} as timestamp)
        when 'half_month'
            then case
                when extract(day from {{ period_start }}) = 1 then cast({{ days_after(period_start, 15) }} as timestamp)
                else cast({{ months_after("date_trunc('month', " ~ period_start ~ ")", 1) }} as timestamp)
            end
    end
{%- endmacro %}

{# How many periods of a kind a year has: integer; null for what is counted by the clock. #}
{% macro network_periods_a_year(kind) -%}
    case {{ kind }}
        when 'half_month' then 24 when 'month' then 12 when 'quarter' then 4 when 'half_year' then 2 when 'year' then 1
    end
{%- endmacro %}

{# Minutes of one period of a kind that is counted by the clock; null for those of the calendar. #}
{% macro network_kind_minutes(kind) -%}
    case {{ kind }} when 'hour' then 60 when 'day' then {{ minutes_of_day() }} end
{%- endmacro %}

{#
  How many values a period from `period_start` to `period_end` of kind `period_kind` should have: bigint, at least 1.
  They come every `minutes`, or, where that is null, once in each period of kind `every`. A sample has one.
#}
{% macro network_expected(period_kind, period_start, period_end, minutes, every) -%}
    case
        when {{ period_kind }} = 'sample' then 1
        when {{ minutes }} is not null
            then greatest({{ integer_quotient(minutes_between(period_start, period_end), minutes) }}, 1)
        else greatest(coalesce({{ integer_quotient(
            network_periods_a_year(every), network_periods_a_year(period_kind)
        ) }}, 1), 1)
    end
{%- endmacro %}

{# What of a statistic decides which sums it needs: figures of one family share their parts. #}
{% macro network_family(statistic) -%}
    case
        when {{ statistic }} in ('mean', 'sum', 'count', 'last') then 'plain'
        when {{ statistic }} in ('weighted_mean', 'load') then 'weighted'
        else {{ statistic }}
    end
{%- endmacro %}

{#
  A concentration at the reference oxygen, C x (21 - reference) : (21 - O2), carried to 6 decimals; null where O2 is nearer
  to air's 21 % than `least_gap`. `air`: the oxygen of air in %, both from the rules.
#}
{% macro oxygen_corrected(value, oxygen, reference, air, least_gap) -%}
    case
        when {{ air }} - {{ oxygen }} >= {{ least_gap }} and abs({{ value }}) < 1000000000
            then {{ carried_mean(
                '(cast(' ~ value ~ ' as decimal(19, 7)) * (' ~ air ~ ' - ' ~ reference ~ '))',
                '(' ~ air ~ ' - ' ~ oxygen ~ ')', 13
            ) }}
    end
{%- endmacro %}

{# Whether a value can be weighed with another: it is not negative, and their product can be added up. #}
{% macro can_weigh(value, weight) -%}
    ({{ weight }} >= 0 and {{ weight }} < 1000000000 and abs({{ value }}) < 1000000000)
{%- endmacro %}

{# Whether a value can be a level in dB: its energy is a number that can be added up. #}
{% macro is_level(value) -%}
    (abs({{ value }}) < 300)
{%- endmacro %}

{# The value that a usable reading counts as: a non-detect by the network's rule. decimal(24, 7): half a millionth fits. #}
{% macro network_counted(value, censored, nondetect) -%}
    case
        when {{ censored }} = '<' and {{ nondetect }} = 'half_limit' then cast({{ value }} as decimal(24, 7)) * cast(0.5 as decimal(2, 1))
        when {{ censored }} = '<' and {{ nondetect }} = 'zero' then 0
        else cast({{ value }} as decimal(24, 7))
    end
{%- endmacro %}
