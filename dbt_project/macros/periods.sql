{#-
  The calendar of figures by month, quarter, year and year to date, for domains that publish them side by side.
  Not here: annual figures alone (int_year_periods), the editions of air (int_air_period).
-#}

{#
  A query: one row per period from the one that holds `first_day` (an expression) to the one that holds as_of():
  period_kind, period_start, period_end, is_pending (not over). The year that is not over is also there as year_to_date,
  up to the last complete day.
#}
{% macro calendar_periods(first_day) -%}
select
    m.period_kind,
    m.period_start,
    m.period_end,
    m.period_end > {{ last_complete_day() }} as is_pending
from (
    {%- for kind, length in [('month', '1 month'), ('quarter', '3 month'), ('year', '1 year')] %}
    select distinct
        '{{ kind }}' as period_kind,
        cast(date_trunc('{{ kind }}', c.month_start) as date) as period_start,
        cast(date_trunc('{{ kind }}', c.month_start) + interval {{ length }} as date) - 1 as period_end
    from (select {{ each_month("date_trunc('month', " ~ first_day ~ ")", last_complete_day()) }} as month_start) as c
    {{ 'union all' if not loop.last }}
    {%- endfor %}
) as m
union all
select
    'year_to_date' as period_kind,
    cast(date_trunc('year', {{ last_complete_day() }}) as date) as period_start,
    {{ last_complete_day() }} as period_end,
    false as is_pending
where
    cast(date_trunc('year', {{ last_complete_day() }}) + interval 1 year as date) - 1 > {{ last_complete_day() }}
    and {{ first_day }} <= {{ last_complete_day() }}
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
