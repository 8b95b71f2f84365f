{#-
  The calendar of water statistics: every month, quarter and year of the data, the running year also as year to date,
  with the months that each expects, needs, and needs to be valid. Not here: which sections have values in them.
-#}
with months as (
    select distinct month_start
    from {{ ref('int_water_month_item') }}
),

calendar as (
    select
        'month' as period_kind,
        month_start as period_start,
        cast(last_day(month_start) as date) as period_end
    from months
    union all
    select distinct
        'quarter' as period_kind,
        cast(date_trunc('quarter', month_start) as date) as period_start,
        cast(date_trunc('quarter', month_start) + interval 3 month as date) - 1 as period_end
    from months
    union all
    select
        y.period_kind,
        y.period_start,
        y.period_end
    from {{ ref('int_year_periods') }} as y
    where y.period_start in (select cast(date_trunc('year', m.month_start) as date) from months as m)
)

select
    c.period_kind,
    c.period_start,
    c.period_end,
    c.period_end > {{ last_complete_day() }} as is_pending,
    cast(case c.period_kind
        when 'quarter' then r.water_quarter_expected_months
        when 'year' then r.water_year_expected_months
        when 'year_to_date' then extract(month from c.period_end)
        else 1
    end as bigint) as n_months_expected,
    cast(case c.period_kind
        when 'quarter' then r.water_quarter_min_months
        when 'year' then r.water_year_min_months
        else 1
    end as bigint) as n_months_min,
    cast(case c.period_kind
        when 'quarter' then r.water_quarter_min_months
        when 'year' then r.water_year_expected_months
        when 'year_to_date' then extract(month from c.period_end)
        else 1
    end as bigint) as n_months_valid
from calendar as c
inner join {{ ref('int_water_rules') }} as r on {{ in_force('c.period_end', 'r') }}
