{#-
  What is expected of each site: one row per series and rhythm, with how many readings a period should have, from the
  first reading on as long as the site register keeps the site open. A day has 24 hours, also where clocks change. A
  series that went on in another rhythm or step (months became hours) ends in the first. Registered weighbridges are
  expected to be open from the first load of the feed on; one that the register does not know, from its first to its
  last load.
-#}
{%- set series = 'table_name, site_id, parameter, kind' %}
with heard as (
    select
        feed,
        table_name,
        site_id,
        parameter,
        kind,
        rhythm,
        step_minutes,
        is_dated,
        min(day) as first_day,
        max(day) as last_heard
    from {{ ref('int_feed_day') }}
    where rhythm <> 'none'
    group by feed, table_name, site_id, parameter, kind, rhythm, step_minutes, is_dated
),

begun_rhythms as (
    select
        *,
        min(first_day) over (partition by {{ series }}, rhythm) as rhythm_first_day
    from heard
),

followed as (
    select
        *,
        last_heard < max(last_heard) over (partition by {{ series }}, rhythm)
        or last_heard < max(rhythm_first_day) over (partition by {{ series }}) as is_over
    from begun_rhythms
),

closed as (
    select
        feed,
        site_id,
        case when count(valid_to) = count(*) then max(valid_to) end as last_day
    from {{ ref('stg_site_register') }}
    group by feed, site_id
),

begun as (
    select min(first_day) as first_day
    from heard
    where rhythm = 'load'
    having min(first_day) is not null
),

weighbridges as (
    select
        site_id,
        valid_from,
        least(valid_to, lead(valid_from) over (partition by site_id order by valid_from) - 1) as valid_to
    from {{ ref('stg_site_register') }}
    where feed = 'waste' and kind = 'weighbridge'
)

select
    f.feed,
    f.table_name,
    f.site_id,
    f.parameter,
    f.kind,
    f.rhythm,
    case
        when f.rhythm = 'day'
            then coalesce(
                    {{ integer_quotient(minutes_of_day(), 'f.step_minutes') }},
                    {{ integer_quotient('24', 'cast(e.cadence_hours as int)') }}
                )
        else 1
    end as per_period,
    f.is_dated,
    f.first_day,
    case when f.is_over then least(f.last_heard, c.last_day) else c.last_day end as last_day
from followed as f
inner join {{ ref('int_feeds') }} as e on f.feed = e.feed
left join closed as c on f.feed = c.feed and f.site_id = c.site_id
where f.rhythm <> 'load'
union all
select
    h.feed,
    h.table_name,
    h.site_id,
    h.parameter,
    h.kind,
    h.rhythm,
    cast(null as bigint) as per_period,
    h.is_dated,
    h.first_day,
    h.last_heard as last_day
from heard as h
left join weighbridges as w on h.site_id = w.site_id
where h.rhythm = 'load' and w.site_id is null
union all
select
    'waste' as feed,
    'clean_waste' as table_name,
    w.site_id,
    'net_t' as parameter,
    '' as kind,
    'load' as rhythm,
    cast(null as bigint) as per_period,
    false as is_dated,
    greatest(w.valid_from, b.first_day) as first_day,
    w.valid_to as last_day
from weighbridges as w
inner join begun as b on coalesce(w.valid_to >= b.first_day, true)
