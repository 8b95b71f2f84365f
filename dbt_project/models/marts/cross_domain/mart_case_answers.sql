{#-
  Monitoring, enforcement, answer: each case that names an exceedance event next to that event. A case names it by its
  identifier, or by site, parameter and a day of it, which several events may fit. One that fits none says so.
-#}
with cases as (
    select *
    from {{ admitted('mart_case_list') }}
    where event_id is not null or (event_site is not null and event_date is not null)
),

events as (
    select
        *,
        cast(event_start as date) as first_day,
        cast({{ minutes_after('event_end', '-1') }} as date) as last_day
    from {{ ref('mart_exceedances') }}
),

matched as (
    select
        c.register_id,
        c.case_id,
        e.event_id
    from cases as c
    inner join events as e on c.event_id = e.event_id
    union
    select
        c.register_id,
        c.case_id,
        e.event_id
    from cases as c
    inner join events as e
        on
            c.event_id is null and c.event_site = e.site_id and c.event_date between e.first_day and e.last_day
            and (c.event_parameter is null or c.event_parameter = e.parameter)
)

select
    c.register_id,
    c.register_name_zh,
    c.case_id,
    coalesce(m.event_id, c.event_id, '') as event_id,
    case when m.event_id is null then 'not_found' else 'found' end as event_match,
    e.domain as event_domain,
    e.kind as event_kind,
    coalesce(e.site_id, c.event_site) as event_site_id,
    e.site_name_zh as event_site_name_zh,
    coalesce(e.parameter, c.event_parameter) as event_parameter,
    e.parameter_zh as event_parameter_zh,
    e.event_start,
    e.event_end,
    e.peak_value,
    e.limit_value,
    e.unit as event_unit,
    e.unit_to_notify,
    c.category,
    c.category_zh,
    c.state,
    c.state_zh,
    c.meaning,
    c.unit_responsible,
    c.opened_on,
    c.due_on,
    c.closed_on,
    c.is_on_time,
    cast({{ days_in('e.first_day', 'c.opened_on') }} - 1 as bigint) as days_to_open,
    c.days_to_close,
    c.provenance
from cases as c
left join matched as m on c.register_id = m.register_id and c.case_id = m.case_id
left join events as e on m.event_id = e.event_id
