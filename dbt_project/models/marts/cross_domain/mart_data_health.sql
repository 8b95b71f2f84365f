{#-
  Feed × day: what was delivered on that day, and what is there for that day. `deliveries_…`, `records_…` and
  `received_…` belong to the day of delivery; `readings_…` and `sites_…` to the day the readings are for. Coverage is by
  readings where series should give them on that day, by sites where loads come as they come, and null where nothing is
  due: samples and surveys may be taken on any day of their month or year (mart_data_health_site).
-#}
with ends as (
    select
        delivery_id,
        max(last_end) as last_end,
        max(longest_minutes) as longest_minutes
    from {{ ref('int_feed_day') }}
    where delivery_id <> ''
    group by delivery_id
),

-- is_dated: the reading is of the day that its period is expected for, so it counts against readings_expected.
readings as (
    select
        feed,
        day,
        cast(sum(case when is_dated then readings_present else 0 end) as bigint) as readings_dated,
        cast(sum(readings_present) as bigint) as readings_present,
        cast(sum(readings_used) as bigint) as readings_used,
        cast(sum(readings_suspect + readings_failed) as bigint) as readings_flagged,
        cast(sum(readings_missing) as bigint) as readings_missing
    from {{ ref('int_feed_day') }}
    group by feed, day
),

-- Series that should give as many readings, in the same days.
series as (
    select
        s.feed,
        s.rhythm,
        s.first_day,
        s.last_day,
        r.lateness_allowed_hours,
        sum(s.per_period) as per_period
    from {{ ref('int_feed_series') }} as s
    inner join {{ ref('reading_rhythms') }} as r on s.rhythm = r.rhythm
    where s.is_dated
    group by s.feed, s.rhythm, s.first_day, s.last_day, r.lateness_allowed_hours
),

sites as (
    select distinct
        feed,
        site_id,
        first_day,
        last_day
    from {{ ref('int_feed_series') }}
    where rhythm in ('day', 'load')
),

heard as (
    select distinct
        feed,
        site_id,
        day
    from {{ ref('int_feed_day') }}
    where rhythm in ('day', 'load')
),

dated as (
    select
        c.*,
        f.lateness_allowed_hours,
        -- When a case was opened says nothing of how late a delivery is.
        case
            when f.domain = 'cases' then null
            else coalesce(e.last_end, {{ hours_after('c.last_period', 'cast(f.cadence_hours as int)') }})
        end as last_end,
        coalesce(e.longest_minutes, 0) > f.cadence_hours * 60 as is_longer_than_cadence
    from {{ ref('stg_file_counts') }} as c
    inner join {{ ref('int_feeds') }} as f on c.feed = f.feed
    left join ends as e on c.delivery_id = e.delivery_id
    where c.verdict <> 'removed'
),

deliveries as (
    select
        feed,
        delivered_day as day,
        count(*) as deliveries_received,
        sum(case when verdict = 'refused' then 1 else 0 end) as deliveries_refused,
        -- The allowed lateness is declared for the cadence of the feed; a monthly or yearly report is not held to it.
        sum(case
            when is_longer_than_cadence then 0
            when {{ hours_after('last_end', 'lateness_allowed_hours') }} < delivered_at then 1
            else 0
        end) as deliveries_late,
        greatest(max({{ minutes_between('last_end', 'delivered_at') }}), 0) as lateness_minutes,
        sum(records_in) as records_in,
        sum(records_used) as records_used,
        sum(records_quarantined) as records_quarantined,
        sum(records_duplicate) as records_duplicate,
        sum(readings_in) as received_readings,
        sum(readings_quarantined) as received_quarantined,
        sum(readings_duplicate) as received_duplicate,
        sum(readings_superseded) as received_superseded
    from dated
    group by feed, delivered_day
),

first_days as (
    select
        feed,
        min(day) as first_day
    from deliveries
    group by feed
),

every_day as (
    select d.day
    from ({{ day_series('(select min(first_day) from first_days)', as_of()) }}) as d
),

calendar as (
    select
        f.feed,
        d.day,
        i.cadence,
        -- The midnight that lies the allowed lateness before some moment of the day.
        cast({{ hours_after('d.day + interval 1 day - interval 1 minute', '-i.lateness_allowed_hours') }} as date)
            as due_from
    from first_days as f
    inner join every_day as d on f.first_day <= d.day
    inner join {{ ref('int_feeds') }} as i on f.feed = i.feed
),

days as (
    select
        feed,
        day
    from calendar
    union
    select
        feed,
        day
    from deliveries
    union
    select
        feed,
        day
    from readings
),

-- A month, quarter or year is expected on the day it begins, and may arrive until long after it has ended.
expected as (
    select
        d.feed,
        d.day,
        sum(s.per_period) as readings_expected,
        max({{ hours_after(rhythm_end('d.day', 's.rhythm'), 's.lateness_allowed_hours') }}) as arriving_until
    from days as d
    inner join series as s
        on
            d.feed = s.feed and d.day >= s.first_day and (s.last_day is null or d.day <= s.last_day)
            and d.day = cast(date_trunc(s.rhythm, d.day) as date)
    group by d.feed, d.day
),

expected_sites as (
    select
        d.feed,
        d.day,
        count(distinct s.site_id) as sites_expected,
        count(distinct h.site_id) as sites_present
    from days as d
    inner join sites as s on d.feed = s.feed and d.day >= s.first_day and (s.last_day is null or d.day <= s.last_day)
    left join heard as h on s.feed = h.feed and s.site_id = h.site_id and d.day = h.day
    group by d.feed, d.day
),

joined as (
    select
        d.feed,
        f.name_zh as feed_zh,
        d.day,
        -- Every day, or where the lateness allowed after the end of a calendar period runs out.
        case
            when c.cadence = 'day' or c.due_from = {{ calendar_start('c.cadence', 'c.due_from') }} then 1
            else 0
        end as deliveries_expected,
        v.deliveries_received,
        v.deliveries_refused,
        v.deliveries_late,
        v.lateness_minutes,
        f.lateness_allowed_hours,
        v.records_in,
        v.records_used,
        v.records_quarantined,
        v.records_duplicate,
        v.received_readings,
        v.received_quarantined,
        v.received_duplicate,
        v.received_superseded,
        e.readings_expected,
        r.readings_dated,
        r.readings_present,
        r.readings_used,
        r.readings_flagged,
        r.readings_missing,
        x.sites_expected,
        x.sites_present,
        greatest(
            {{ hours_after('d.day + interval 1 day', 'f.lateness_allowed_hours') }},
            coalesce(e.arriving_until, d.day)
        ) > {{ as_of() }} as is_pending
    from days as d
    inner join {{ ref('int_feeds') }} as f on d.feed = f.feed
    left join calendar as c on d.feed = c.feed and d.day = c.day
    left join deliveries as v on d.feed = v.feed and d.day = v.day
    left join expected as e on d.feed = e.feed and d.day = e.day
    left join expected_sites as x on d.feed = x.feed and d.day = x.day
    left join readings as r on d.feed = r.feed and d.day = r.day
)

select
    feed,
    feed_zh,
    day,
    cast(deliveries_expected as bigint) as deliveries_expected,
    cast(coalesce(deliveries_received, 0) as bigint) as deliveries_received,
    cast(coalesce(deliveries_refused, 0) as bigint) as deliveries_refused,
    cast(coalesce(deliveries_late, 0) as bigint) as deliveries_late,
    {{ exact_ratio('lateness_minutes', '60', 1) }} as lateness_hours,
    lateness_allowed_hours,
    cast(coalesce(records_in, 0) as bigint) as records_in,
    cast(coalesce(records_used, 0) as bigint) as records_used,
    cast(coalesce(records_quarantined, 0) as bigint) as records_quarantined,
    cast(coalesce(records_duplicate, 0) as bigint) as records_duplicate,
    cast(coalesce(received_readings, 0) as bigint) as received_readings,
    cast(coalesce(received_quarantined, 0) as bigint) as received_quarantined,
    cast(coalesce(received_duplicate, 0) as bigint) as received_duplicate,
    cast(coalesce(received_superseded, 0) as bigint) as received_superseded,
    cast(readings_expected as bigint) as readings_expected,
    coalesce(readings_present, 0) as readings_present,
    coalesce(readings_used, 0) as readings_used,
    coalesce(readings_flagged, 0) as readings_flagged,
    coalesce(readings_missing, 0) as readings_missing,
    cast(sites_expected as bigint) as sites_expected,
    cast(case when sites_expected > 0 then coalesce(sites_present, 0) end as bigint) as sites_present,
    case
        when readings_expected > 0 then {{ coverage('coalesce(readings_dated, 0)', 'readings_expected') }}
        when sites_expected > 0 then {{ coverage('coalesce(sites_present, 0)', 'sites_expected') }}
    end as coverage,
    case when readings_expected > 0 then 'readings' when sites_expected > 0 then 'sites' else 'none' end
        as coverage_basis,
    is_pending
from joined
