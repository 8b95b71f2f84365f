{#-
  The calendar of figures by month, quarter, year and year to date, for domains that publish them side by side: every period
  that has a complete day. The year that is not over is also there as year_to_date, up to the last complete day. Which of
  them a domain has (its data begin later) is the domain's own. Not here: the editions of air (int_air_period).
-#}
with months as (
    select {{ each_month("date '1980-01-01'", last_complete_day()) }} as month_start
),

calendar as (
    {%- for kind, length in [('month', '1 month'), ('quarter', '3 month')] %}
        select distinct
            '{{ kind }}' as period_kind,
            cast(date_trunc('{{ kind }}', month_start) as date) as period_start,
            cast(date_trunc('{{ kind }}', month_start) + interval {{ length }} as date) - 1 as period_end
        from months
        {{- ' union all' if not loop.last }}
    {%- endfor %}
)

select
    period_kind,
    period_start,
    period_end,
    period_end > {{ last_complete_day() }} as is_pending
from calendar
union all
select
    period_kind,
    period_start,
    period_end,
    is_pending
from {{ ref('int_year_periods') }}
where period_start <= {{ last_complete_day() }}
