{#-
  Cases and members by register, area, category and month. The inventory at a month's end follows the days of opening and
  closing, whenever they were delivered. Months go up to that of the district's last delivery; one that the register was
  not delivered after is pending. Months without opened, closed or open cases have no row.
-#}
with opened as (
    select
        register_id,
        area_level,
        area_code,
        category,
        opened_month as month_start,
        count(*) as n_opened,
        count(left_month) as n_opened_closed,
        sum(amount) as amount_opened,
        min(provenance_rank) as provenance_rank
    from {{ ref('int_case_counted') }}
    group by register_id, area_level, area_code, category, opened_month
),

closed as (
    select
        register_id,
        area_level,
        area_code,
        category,
        left_month as month_start,
        count(*) as n_closed,
        count(is_on_time) as n_closed_due,
        count(case when is_on_time then 1 end) as n_on_time,
        -- Left after a month's end at which they were overdue: they come off the overdue stock.
        count(overdue_month) as n_late,
        sum(amount) as amount_closed,
        {{ sorted_values('days') }} as sorted_days
    from {{ ref('int_case_counted') }}
    where left_month is not null
    group by register_id, area_level, area_code, category, left_month
),

overdue as (
    select
        register_id,
        area_level,
        area_code,
        category,
        overdue_month as month_start,
        count(*) as n_overdue
    from {{ ref('int_case_counted') }}
    where overdue_month is not null
    group by register_id, area_level, area_code, category, overdue_month
),

-- Every register with a delivery that was read, whole or not.
horizon as (
    select
        register_id,
        max(last_month) as last_month,
        max(last_delivered_at) as last_delivered_at
    from {{ ref('int_case_snapshot') }}
    group by register_id
),

series as (
    select
        register_id,
        area_level,
        area_code,
        category,
        min(month_start) as first_month,
        min(provenance_rank) as provenance_rank
    from opened
    group by register_id, area_level, area_code, category
),

months as (
    select
        s.register_id,
        s.area_level,
        s.area_code,
        s.category,
        s.provenance_rank,
        h.last_delivered_at,
        {{ each_month('s.first_month', 'h.last_month') }} as month_start
    from series as s
    inner join horizon as h on s.register_id = h.register_id
),

counted as (
    select
        m.*,
        m.last_delivered_at >= cast({{ months_after('m.month_start', 1) }} as timestamp) as is_delivered,
        coalesce(o.n_opened, 0) as n_opened,
        coalesce(o.n_opened_closed, 0) as n_opened_closed,
        o.amount_opened,
        coalesce(c.n_closed, 0) as n_closed,
        coalesce(c.n_closed_due, 0) as n_closed_due,
        coalesce(c.n_on_time, 0) as n_on_time,
        c.sorted_days,
        sum(coalesce(o.n_opened, 0) - coalesce(c.n_closed, 0)) over so_far as n_open_at_end,
        sum(coalesce(v.n_overdue, 0) - coalesce(c.n_late, 0)) over so_far as n_overdue_at_end,
        sum(coalesce(o.amount_opened, 0) - coalesce(c.amount_closed, 0)) over so_far as amount_at_end
    from months as m
    left join opened as o
        on
            m.register_id = o.register_id and m.area_level = o.area_level and m.area_code = o.area_code
            and m.category = o.category and m.month_start = o.month_start
    left join closed as c
        on
            m.register_id = c.register_id and m.area_level = c.area_level and m.area_code = c.area_code
            and m.category = c.category and m.month_start = c.month_start
    left join overdue as v
        on
            m.register_id = v.register_id and m.area_level = v.area_level and m.area_code = v.area_code
            and m.category = v.category and m.month_start = v.month_start
    window so_far as (
        partition by m.register_id, m.area_level, m.area_code, m.category order by m.month_start
        rows between unbounded preceding and current row
    )
)

select
    c.register_id,
    r.name_zh as register_name_zh,
    c.area_level,
    c.area_code,
    {{ area_name('c.area_code', 'a.name_zh') }} as area_name_zh,
    c.category,
    case when c.category = '' then '合计' else coalesce(g.name_zh, c.category) end as category_zh,
    c.month_start as period_start,
    cast({{ days_after(months_after('c.month_start', 1), -1) }} as date) as period_end,
    cast(c.n_opened as bigint) as n_opened,
    cast(c.n_closed as bigint) as n_closed,
    cast(c.n_opened_closed as bigint) as n_opened_closed,
    {{ exact_ratio('100 * c.n_opened_closed', 'nullif(c.n_opened, 0)', 1) }} as closed_pct,
    cast(c.n_closed_due as bigint) as n_closed_due,
    cast(c.n_on_time as bigint) as n_on_time,
    {{ exact_ratio('100 * c.n_on_time', 'nullif(c.n_closed_due, 0)', 1) }} as on_time_pct,
    {{ median_of('c.sorted_days', 'c.n_closed') }} as median_days,
    cast(c.n_open_at_end as bigint) as n_open_at_end,
    cast(c.n_overdue_at_end as bigint) as n_overdue_at_end,
    cast(c.amount_opened as decimal(24, 6)) as amount_opened,
    cast(c.amount_at_end as decimal(24, 6)) as amount_at_end,
    r.amount_unit,
    r.amount_zh,
    case when c.is_delivered then 'valid' else 'pending' end as validity,
    case
        when c.is_delivered then '' else {{ reason('last_delivered_on', 'cast(c.last_delivered_at as date)') }}
    end as validity_reason,
    {{ provenance_of_rank('c.provenance_rank') }} as provenance
from counted as c
inner join {{ ref('stg_register') }} as r on c.register_id = r.register_id
left join {{ ref('stg_register_category') }} as g
    on c.register_id = g.register_id and c.category = g.category
left join {{ ref('stg_area_name') }} as a on c.area_code = a.area_code
where c.n_opened > 0 or c.n_closed > 0 or c.n_open_at_end > 0
