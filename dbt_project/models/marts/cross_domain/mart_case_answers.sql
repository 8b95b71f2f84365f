{#-
  Monitoring, enforcement, answer: each case that names an exceedance event next to that event. A case names it by its
  identifier, or by site, parameter and a day of it, which several events may fit. One that fits none says so.

  An identifier ends with the moment at which its event began (macros/events.sql). Where late data gave the event another
  beginning, or made it a part of another, it is the event of the same series that holds this moment.
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
        cast({{ minutes_after('event_end', '-1') }} as date) as last_day,
        {{ event_series('event_id') }} as series,
        {{ minute_text('event_start') }} as starts,
        {{ minute_text('event_end') }} as ends
    from {{ ref('mart_exceedances') }}
),

named as (
    select
        c.register_id,
        c.case_id,
        c.event_id,
        e.event_id is not null as is_there,
        {{ event_series('c.event_id') }} as series,
        {{ event_moment('c.event_id') }} as starts
    from cases as c
    left join events as e on c.event_id = e.event_id
    where c.event_id is not null
),

matched as (
    select
        n.register_id,
        n.case_id,
        n.event_id,
        'found' as event_match
    from named as n
    where n.is_there
    union
    select
        n.register_id,
        n.case_id,
        e.event_id,
        'continued' as event_match
    from named as n
    inner join events as e on n.series = e.series and n.starts >= e.starts and n.starts < e.ends
    where not n.is_there
    union
    select
        c.register_id,
        c.case_id,
        e.event_id,
        'found' as event_match
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
    coalesce(m.event_match, 'not_found') as event_match,
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
