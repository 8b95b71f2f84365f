{#-
  Day × how many weighbridges are expected to weigh loads and how many do, to the end of the running year. Expected are
  registered weighbridges; one that the register does not know is expected from its first to its last load. Where none is,
  the district itself is expected to have loads. A short run of days without loads is a closing (a Sunday of the hazardous
  waste) and covered, but never a day on which the whole district weighs nothing.
-#}
with loads as (
    select distinct
        site_id,
        day
    from {{ ref('int_waste_load') }}
    where day <= {{ last_complete_day() }}
),

collected as (
    select distinct day from loads
),

span as (
    select min(day) as first_day from {{ ref('int_waste_load') }}
),

days as (
    select d.day
    from (
        {{ day_series(
            "(select date_trunc('year', first_day) from span)",
            "(date_trunc('year', " ~ as_of() ~ ") + interval 1 year - interval 1 day)"
        ) }}
    ) as d
),

register as (
    select
        site_id,
        kind,
        valid_from,
        least(valid_to, lead(valid_from) over (partition by site_id order by valid_from) - 1) as valid_to
    from {{ ref('stg_site_register') }}
    where feed = 'waste'
),

weighbridges as (
    select
        site_id,
        valid_from,
        valid_to
    from register
    where kind = 'weighbridge'
    union all
    select
        l.site_id,
        min(l.day) as valid_from,
        max(l.day) as valid_to
    from loads as l
    left join register as r on l.site_id = r.site_id and r.kind = 'weighbridge'
    where r.site_id is null
    group by l.site_id
),

expected as (
    select
        d.day,
        w.site_id,
        l.day as load_day,
        max(l.day) over (partition by w.site_id order by d.day rows unbounded preceding) as load_before,
        min(l.day) over (
            partition by w.site_id order by d.day rows between current row and unbounded following
        ) as load_after,
        min(d.day) over (partition by w.site_id) as first_expected,
        least(max(d.day) over (partition by w.site_id), {{ last_complete_day() }}) as last_expected
    from days as d
    inner join weighbridges as w on {{ in_force('d.day', 'w') }}
    left join loads as l on w.site_id = l.site_id and d.day = l.day
),

judged as (
    select
        e.day,
        e.site_id,
        e.load_day is not null
        or (
            c.day is not null
            and {{ days_in(
                'coalesce(e.load_before + 1, e.first_expected)', 'coalesce(e.load_after - 1, e.last_expected)'
            ) }} <= r.waste_closed_days
        ) as is_covered
    from expected as e
    inner join {{ ref('int_waste_rules') }} as r on {{ in_force('e.day', 'r') }}
    left join collected as c on e.day = c.day
)

select
    d.day,
    greatest(count(j.site_id), 1) as weighbridges_expected,
    case
        when count(j.site_id) > 0 then count(case when j.is_covered then 1 end)
        else count(c.day)
    end as weighbridges_covered
from days as d
left join judged as j on d.day = j.day
left join collected as c on d.day = c.day
group by d.day
