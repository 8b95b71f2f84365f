{#-
  Calendar helpers, most of which DuckDB and Spark spell differently.
  Not here: the calendars of figures (int_year_periods, int_calendar_periods).
-#}

{# In a select list: one row for every first day of a month from `first_day` to `last_day` (date). #}
{% macro each_month(first_day, last_day) -%}
    {{ adapter.dispatch('each_month')(first_day, last_day) }}
{%- endmacro %}

{% macro default__each_month(first_day, last_day) -%}
    cast(unnest(generate_series(
        cast({{ first_day }} as timestamp), cast({{ last_day }} as timestamp), interval 1 month
    )) as date)
{%- endmacro %}

{% macro spark__each_month(first_day, last_day) -%}
    explode(sequence(cast({{ first_day }} as date), cast({{ last_day }} as date), interval 1 month))
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

{# In a select list: one row for every whole number from 1 to `last` (an expression of one value). #}
{% macro each_number_to(last) -%}
    {{ adapter.dispatch('each_number_to')(last) }}
{%- endmacro %}

{% macro default__each_number_to(last) -%}
    cast(unnest(generate_series(1, cast({{ last }} as bigint))) as bigint)
{%- endmacro %}

{% macro spark__each_number_to(last) -%}
    explode(sequence(1L, cast({{ last }} as bigint)))
{%- endmacro %}

{# Month boundaries between two days: bigint. #}
{% macro months_between(first_day, last_day) -%}
    {{ adapter.dispatch('months_between')(first_day, last_day) }}
{%- endmacro %}

{% macro default__months_between(first_day, last_day) -%}
    date_diff('month', {{ first_day }}, {{ last_day }})
{%- endmacro %}

{% macro spark__months_between(first_day, last_day) -%}
    cast(months_between(trunc({{ last_day }}, 'MM'), trunc({{ first_day }}, 'MM')) as bigint)
{%- endmacro %}

{# Calendar quarters that two days touch, both counted: bigint. #}
{% macro quarters_in(first_day, last_day) -%}
    {{ adapter.dispatch('quarters_in')(first_day, last_day) }}
{%- endmacro %}

{% macro default__quarters_in(first_day, last_day) -%}
    (date_diff('quarter', {{ first_day }}, {{ last_day }}) + 1)
{%- endmacro %}

{% macro spark__quarters_in(first_day, last_day) -%}
    (4 * (year({{ last_day }}) - year({{ first_day }})) + quarter({{ last_day }}) - quarter({{ first_day }}) + 1)
{%- endmacro %}

{# Whole minutes between two timestamps: bigint. #}
{% macro minutes_between(first_moment, last_moment) -%}
    {{ adapter.dispatch('minutes_between')(first_moment, last_moment) }}
{%- endmacro %}

{% macro default__minutes_between(first_moment, last_moment) -%}
    date_diff('minute', cast({{ first_moment }} as timestamp), cast({{ last_moment }} as timestamp))
{%- endmacro %}

{% macro spark__minutes_between(first_moment, last_moment) -%}
    timestampdiff(minute, cast({{ first_moment }} as timestamp), cast({{ last_moment }} as timestamp))
{%- endmacro %}

{# Seconds from one moment to another: bigint. #}
{% macro seconds_between(first_moment, last_moment) -%}
    {{ adapter.dispatch('seconds_between')(first_moment, last_moment) }}
{%- endmacro %}

{% macro default__seconds_between(first_moment, last_moment) -%}
    date_diff('second', cast({{ first_moment }} as timestamp), cast({{ last_moment }} as timestamp))
{%- endmacro %}

{% macro spark__seconds_between(first_moment, last_moment) -%}
    timestampdiff(second, cast({{ first_moment }} as timestamp), cast({{ last_moment }} as timestamp))
{%- endmacro %}

{# Days from one date to another, both counted: bigint. #}
{% macro days_in(first_day, last_day) -%}
    {{ adapter.dispatch('days_in')(first_day, last_day) }}
{%- endmacro %}

{% macro default__days_in(first_day, last_day) -%}
    (cast({{ last_day }} as date) - cast({{ first_day }} as date) + 1)
{%- endmacro %}

{% macro spark__days_in(first_day, last_day) -%}
    (datediff({{ last_day }}, {{ first_day }}) + 1)
{%- endmacro %}

{# `moment` plus a whole number of hours, which a column gives. #}
{% macro hours_after(moment, hours) -%}
    {{ adapter.dispatch('hours_after')(moment, hours) }}
{%- endmacro %}

{% macro default__hours_after(moment, hours) -%}
    cast({{ moment }} as timestamp) + to_hours({{ hours }})
{%- endmacro %}

{% macro spark__hours_after(moment, hours) -%}
    timestampadd(hour, cast({{ hours }} as int), cast({{ moment }} as timestamp))
{%- endmacro %}

{# A date some whole days (a constant) later, earlier where negative: date. #}
{% macro days_after(day, days) -%}
    {{ adapter.dispatch('days_after')(day, days) }}
{%- endmacro %}

{% macro default__days_after(day, days) -%}
    (cast({{ day }} as date) + ({{ days }}))
{%- endmacro %}

{% macro spark__days_after(day, days) -%}
    date_add(cast({{ day }} as date), {{ days }})
{%- endmacro %}

{# The first day of a month some whole months (a constant) later, earlier where negative: date. #}
{% macro months_after(day, months) -%}
    {{ adapter.dispatch('months_after')(day, months) }}
{%- endmacro %}

{% macro default__months_after(day, months) -%}
    cast(cast({{ day }} as date) + to_months({{ months }}) as date)
{%- endmacro %}

{% macro spark__months_after(day, months) -%}
    add_months(cast({{ day }} as date), {{ months }})
{%- endmacro %}

{# `moment` plus a whole number of minutes, which a column gives. #}
{% macro minutes_after(moment, minutes) -%}
    {{ adapter.dispatch('minutes_after')(moment, minutes) }}
{%- endmacro %}

{% macro default__minutes_after(moment, minutes) -%}
    cast({{ moment }} as timestamp) + to_minutes(cast({{ minutes }} as bigint))
{%- endmacro %}

{% macro spark__minutes_after(moment, minutes) -%}
    timestampadd(minute, cast({{ minutes }} as int), cast({{ moment }} as timestamp))
{%- endmacro %}

{# Hours of a date: a calendar fact, not a rule. #}
{% macro hours_per_day() -%}
    24
{%- endmacro %}

{# The instant at which a date is over. #}
{% macro day_end(day) -%}
    {{ hours_after(day, 'cast(' ~ hours_per_day() ~ ' as integer)') }}
{%- endmacro %}

{# Every day from `first_day` to `last_day` (expressions), one column `day` (date). #}
{% macro day_series(first_day, last_day) -%}
    {{ adapter.dispatch('day_series')(first_day, last_day) }}
{%- endmacro %}

{% macro default__day_series(first_day, last_day) -%}
    select cast(unnest(generate_series(
        cast({{ first_day }} as timestamp), cast({{ last_day }} as timestamp), interval 1 day
    )) as date) as day
{%- endmacro %}

{% macro spark__day_series(first_day, last_day) -%}
    select explode(sequence(cast({{ first_day }} as date), cast({{ last_day }} as date), interval 1 day)) as day
{%- endmacro %}

{# First day of the calendar period of a kind, week to year: date. A week is an ISO week, Monday to Sunday. #}
{% macro calendar_start(period_kind, moment) -%}
    case {{ period_kind }}
        when 'week' then cast(date_trunc('week', {{ moment }}) as date)
        when 'month' then cast(date_trunc('month', {{ moment }}) as date)
        when 'year' then cast(date_trunc('year', {{ moment }}) as date)
        when 'quarter' then cast(date_trunc('quarter', {{ moment }}) as date)
        when 'half_month'
            then case
                when extract(day from {{ moment }}) >= 16 then {{ days_after("date_trunc('month', " ~ moment ~ ")", 15) }}
                else cast(date_trunc('month', {{ moment }}) as date)
            end
        when 'half_year'
            then case
                when extract(month from {{ moment }}) >= 7 then {{ months_after("date_trunc('year', " ~ moment ~ ")", 6) }}
                else cast(date_trunc('year', {{ moment }}) as date)
            end
    end
{%- endmacro %}
