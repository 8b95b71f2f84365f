-- mart_data_health: what was delivered on a day, and what is there for that day, by feed.

-- One pass by series, delivery and day. `rhythm`: how often a series gives a reading; `step`: minutes between two of a
-- day, null at the cadence of the feed. What is as often as it is long says so in `minutes`.
create temp table feed_day as
with readings as (
    select 'water' as feed, site_id, parameter, method as kind, null as delivery_id, day, null as period_end,
        0 as minutes, if(method = 'automatic', 'day', 'month') as rhythm, method = 'automatic' as is_dated, value, flag
        from water
    union all select 'air', site_id, parameter, '', null, day, null, 0, 'day', true, value, flag from air
    union all select 'noise', site_id, parameter, period_kind, null, cast(period_start as date), null,
        if(period_kind = 'hour', 0, 1440), 'day', true, value, flag from noise
    union all select 'waste', site_id, '', '', delivery_id, cast(period_start as date), period_end,
        date_diff('minute', period_start, period_end), 'load', false, value, flag from waste
    union all select 'energy', site_id, parameter, flow || sector || metering, delivery_id,
        cast(period_start as date), period_end, date_diff('minute', period_start, period_end), 'length', true, value, flag
        from energy
    union all select 'air', site_id, '', '', null, cast(period_start as date), null, 0, 'none', false, value, flag
        from clean('clean_dust_period')
    union all select 'air', site_id, parameter, '', delivery_id, cast(period_start as date), period_end,
        date_diff('minute', period_start, period_end), 'month', false, value, flag from clean('clean_dustfall')
    union all select 'noise', site_id, parameter, survey_kind || survey_period, delivery_id,
        cast(period_start as date), period_end, date_diff('minute', period_start, period_end), 'year', false, value, flag
        from clean('clean_noise_survey')
    union all select 'returns', site_id, parameter, '', delivery_id, cast(period_start as date), period_end,
        date_diff('minute', period_start, period_end), if(plan_ref is null, 'length', 'none'), true, value, flag
        from clean('clean_returns')
),
counted as (
    select feed, site_id, parameter, kind, delivery_id, day, rhythm, is_dated, minutes > 1440 as is_long,
        if(rhythm = 'length' and minutes > 1440, minutes, null) as long_minutes, min(nullif(minutes, 0)) as shortest,
        max(period_end) as last_end, max(minutes) as longest, count(*) as n_present,
        count(value) filter (flag in (1, 2, 3)) as n_used, count(*) filter (flag in (3, 4)) as n_flagged,
        count(*) filter (flag = 9) as n_missing
    from readings
    group by all
)
select * exclude (rhythm),
    case
        when rhythm <> 'length' then rhythm
        when not is_long and 1440 % shortest = 0 then 'day'
        when day = date_trunc('month', day) and day + interval 1 month = day + to_minutes(long_minutes) then 'month'
        when day = date_trunc('quarter', day) and day + interval 3 month = day + to_minutes(long_minutes) then 'quarter'
        when day = date_trunc('year', day) and day + interval 1 year = day + to_minutes(long_minutes) then 'year'
        else 'none'
    end as rhythm
from counted;

create table mart_data_health as
with readings as (
    select feed, day, cast(sum(n_present) filter (is_dated and rhythm <> 'none') as bigint) as n_dated,
        cast(sum(columns(['n_present', 'n_used', 'n_flagged', 'n_missing'])) as bigint)
    from feed_day group by feed, day
),
ends as (
    select delivery_id, max(last_end) as last_end, max(longest) as longest
    from feed_day where delivery_id is not null group by delivery_id
),
closed as (
    select feed, site_id, if(count(valid_to) = count(*), max(valid_to), null) as last_day from register group by all
),
-- A series counts from its first reading on, as long as the register keeps the site open.
lines as (
    select f.feed, f.site_id, f.rhythm, f.is_dated,
        if(f.rhythm = 'day', coalesce(1440 // f.shortest, 24 // c.cadence_hours), 1) as n, min(f.day) as first_day
    from feed_day as f inner join cadence as c using (feed) where f.rhythm not in ('none', 'load')
    group by f.feed, f.site_id, f.parameter, f.kind, f.rhythm, f.is_dated, n
),
-- Registered weighbridges since the first load of the feed; others from their first load to their last.
bridges as (
    select 'waste' as feed, site_id, greatest(valid_from, (select min(day) from feed_day where rhythm = 'load'))
        as first_day, valid_to as last_day
    from register where feed = 'waste' and kind = 'weighbridge'
    union all select feed, site_id, min(day), max(day) from feed_day
    where rhythm = 'load' and site_id not in (select site_id from register where kind = 'weighbridge') group by all
),
sites as (
    select distinct l.feed, l.site_id, l.first_day, c.last_day
    from lines as l left join closed as c using (feed, site_id) where l.rhythm = 'day'
    union all from bridges
),
heard as (select distinct feed, site_id, day from feed_day where rhythm in ('day', 'load')),
series as (
    select l.feed, l.rhythm, l.first_day, c.last_day, sum(l.n) as n
    from lines as l left join closed as c using (feed, site_id) where l.is_dated
    group by all
),
dated as (
    select c.* exclude (last_period), f.cadence_hours, cast(c.delivered_at as timestamp) as moment,
        coalesce(e.last_end, cast(left(c.last_period, 19) as timestamp) + to_hours(f.cadence_hours)) as last_end,
        coalesce(e.longest, 0) > f.cadence_hours * 60 as is_long
    from clean('file_counts') as c inner join cadence as f using (feed) left join ends as e using (delivery_id)
),
deliveries as (
    select feed, cast(moment as date) as day, count(*) as n, count(*) filter (verdict = 'refused') as refused,
        count(*) filter (not is_long and last_end + lateness(feed) < moment) as late,
        greatest(max(date_diff('minute', last_end, moment)), 0) as minutes_late,
        sum(columns(['records_in', 'records_used', 'records_quarantined', 'records_duplicate', 'readings_in',
            'readings_quarantined', 'readings_duplicate', 'readings_superseded']))
    from dated group by feed, cast(moment as date)
),
calendar as (
    select feed, cast(unnest(generate_series(cast(min(day) as timestamp), getvariable('as_of'), interval 1 day))
        as date) as day
    from deliveries group by feed
),
days as (
    select feed, day from calendar union select feed, day from deliveries union select feed, day from readings
),
-- A month, quarter or year is expected on the day it begins.
expected as (
    select d.feed, d.day, cast(sum(s.n) as bigint) as n, max(case s.rhythm
        when 'month' then d.day + interval 1 month when 'quarter' then d.day + interval 3 month
        when 'year' then d.day + interval 1 year else d.day + interval 1 day end
        + to_hours(cast(r.lateness_allowed_hours as int))) as until
    from days as d
    inner join series as s on d.feed = s.feed and d.day >= s.first_day and (s.last_day is null or d.day <= s.last_day)
        and d.day = date_trunc(s.rhythm, d.day)
    inner join seed('health/reading_rhythms') as r on s.rhythm = r.rhythm
    group by all
),
expected_sites as (
    select d.feed, d.day, count(distinct s.site_id) as n_sites, count(distinct h.site_id) as n_heard
    from days as d
    inner join sites as s on d.feed = s.feed and d.day >= s.first_day and (s.last_day is null or d.day <= s.last_day)
    left join heard as h on s.feed = h.feed and s.site_id = h.site_id and d.day = h.day
    group by all
)
select d.feed, f.name_zh as feed_zh, d.day,
    cast(c.day is not null and (f.cadence_hours <= 24 or exists (
        -- The lateness after the end of a half-month, or of the 1, 3, 6 or 12 months that the cadence is.
        select 1 from generate_series(timestamp '1990-01-01', getvariable('as_of'), interval 1 month) as m (first_day)
        where case when f.cadence_hours <= 16 * 24
            then d.day in (cast(first_day + lateness(d.feed) as date), cast(first_day + interval 15 day + lateness(d.feed) as date))
            else d.day = cast(first_day + lateness(d.feed) as date) and (month(first_day) - 1) % case
                when f.cadence_hours <= 31 * 24 then 1 when f.cadence_hours <= 92 * 24 then 3
                when f.cadence_hours <= 184 * 24 then 6 else 12 end = 0 end
    )) as bigint) as deliveries_expected,
    coalesce(v.n, 0) as deliveries_received, coalesce(v.refused, 0) as deliveries_refused,
    coalesce(v.late, 0) as deliveries_late,
    cast(round_even(carried_mean(v.minutes_late, 60), 1) as decimal(18, 1)) as lateness_hours, f.lateness_allowed_hours,
    cast(coalesce(v.records_in, 0) as bigint) as records_in,
    cast(coalesce(v.records_used, 0) as bigint) as records_used,
    cast(coalesce(v.records_quarantined, 0) as bigint) as records_quarantined,
    cast(coalesce(v.records_duplicate, 0) as bigint) as records_duplicate,
    cast(coalesce(v.readings_in, 0) as bigint) as received_readings,
    cast(coalesce(v.readings_quarantined, 0) as bigint) as received_quarantined,
    cast(coalesce(v.readings_duplicate, 0) as bigint) as received_duplicate,
    cast(coalesce(v.readings_superseded, 0) as bigint) as received_superseded,
    e.n as readings_expected, coalesce(r.n_present, 0) as readings_present,
    coalesce(r.n_used, 0) as readings_used, coalesce(r.n_flagged, 0) as readings_flagged,
    coalesce(r.n_missing, 0) as readings_missing, x.n_sites as sites_expected, x.n_heard as sites_present,
    coalesce(coverage(coalesce(r.n_dated, 0), e.n), coverage(x.n_heard, x.n_sites)) as coverage,
    case when e.n > 0 then 'readings' when x.n_sites > 0 then 'sites' else 'none' end as coverage_basis,
    pending_until(greatest(d.day + interval 1 day + lateness(d.feed), e.until)) as is_pending
from days as d
inner join cadence as f using (feed)
left join calendar as c on d.feed = c.feed and d.day = c.day
left join deliveries as v on d.feed = v.feed and d.day = v.day
left join expected as e on d.feed = e.feed and d.day = e.day
left join expected_sites as x on d.feed = x.feed and d.day = x.day
left join readings as r on d.feed = r.feed and d.day = r.day;
