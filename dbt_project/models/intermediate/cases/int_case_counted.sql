{#-
  Each case in each area and category that it counts in: the district and, as the register is declared, subdistrict and
  community; its category, and all together (category is empty). A withdrawn case counts nowhere. `overdue_month` is the
  month at whose end it is first overdue; null where it was closed before.
-#}
with levels as (
    select
        area_level,
        rank as level_rank
    from {{ ref('area_levels') }}
    where tree = 'administrative'
),

placed as (
    select
        c.register_id,
        l.area_level,
        {{ area_of_level('c.area_code', 'l.area_level') }} as area_code,
        c.category,
        cast(date_trunc('month', c.opened_on) as date) as opened_month,
        cast(date_trunc('month', c.left_on) as date) as left_month,
        case
            when c.due_on is not null then cast(date_trunc('month', greatest(c.due_on, c.opened_on)) as date)
        end as due_month,
        case when c.left_on is not null and c.due_on is not null then c.closed_on <= c.due_on end as is_on_time,
        case when c.left_on is not null then {{ days_in('c.opened_on', 'c.left_on') }} - 1 end as days,
        c.amount,
        {{ provenance_rank('c.provenance') }} as provenance_rank
    from {{ ref('int_case') }} as c
    inner join levels as t on c.counted_to_level = t.area_level
    inner join levels as l on t.level_rank >= l.level_rank
    where c.meaning <> 'withdrawn'
),

in_areas as (
    select *
    from placed
    where area_code is not null
)

select
    register_id,
    area_level,
    area_code,
    category,
    opened_month,
    left_month,
    case when left_month is null or left_month > due_month then due_month end as overdue_month,
    is_on_time,
    days,
    amount,
    provenance_rank
from in_areas
where category <> ''
union all
select
    register_id,
    area_level,
    area_code,
    '' as category,
    opened_month,
    left_month,
    case when left_month is null or left_month > due_month then due_month end as overdue_month,
    is_on_time,
    days,
    amount,
    provenance_rank
from in_areas
