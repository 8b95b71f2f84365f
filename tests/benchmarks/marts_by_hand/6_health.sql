-- mart_data_health: what was delivered on a day, and what is there for that day, by feed.

-- One pass: evenly spaced readings by series, which shows what a day should have; the others by delivery.
create temp table feed_day as
with readings as (
    select 'water' as feed, site_id, parameter, method = 'automatic' as is_regular, null as sha256, day,
        null as period_end,
        0 as minutes, value, flag from water
    union all select 'air', site_id, parameter, true, null, day, null, 0, value, flag from air
    union all select 'noise', site_id, parameter, period_kind = 'hour', null, cast(period_start as date), null, 0,
        value, flag
        from noise
    union all select 'waste', null, null, false, delivery_id, cast(period_start as date), period_end,
        date_diff('minute', period_start, period_end), value, flag from waste
    union all select 'energy', null, null, false, delivery_id, cast(period_start as date), period_end,
        date_diff('minute', period_start, period_end), value, flag from energy
    union all select 'air', null, null, false, null, cast(period_start as date), null, 0, value, flag
        from clean('clean_dust_period')
    union all select feed, null, null, false, delivery_id, cast(period_start as date), period_end,
        date_diff('minute', period_start, period_end), value, flag
        from (select 'air' as feed, * from clean('clean_dustfall') union all by name
            select 'noise' as feed, * from clean('clean_noise_survey') union all by name
            select 'returns' as feed, * from clean('clean_returns'))
)
select feed, site_id, parameter, sha256, day, max(period_end) as last_end, max(minutes) as longest,
    count(*) filter (is_regular) as n_regular, count(*) as n_present, count(value) filter (flag in (1, 2, 3)) as n_used,
    count(*) filter (flag in (3, 4)) as n_flagged, count(*) filter (flag = 9) as n_missing
from readings
group by all;

create table mart_data_health as
with readings as (
    select feed, day, cast(sum(columns(['n_regular', 'n_present', 'n_used', 'n_flagged', 'n_missing'])) as bigint)
    from feed_day group by feed, day
),
ends as (
    select sha256, max(last_end) as last_end, max(longest) as longest
    from feed_day where sha256 is not null group by sha256
),
closed as (
    select feed, site_id, if(count(valid_to) = count(*), max(valid_to), null) as last_day from register group by all
),
-- A series counts from its first reading on, as long as the register keeps the site open.
series as (
    select s.feed, s.first_day, c.last_day, count(*) as n_series
    from (select feed, site_id, parameter, min(day) as first_day from feed_day where n_regular > 0 group by all) as s
    left join closed as c using (feed, site_id)
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
expected as (
    select d.feed, d.day, cast(sum(s.n_series) as bigint) as n_series
    from days as d
    inner join series as s on d.feed = s.feed and d.day >= s.first_day and (s.last_day is null or d.day <= s.last_day)
    group by all
)
select d.feed, f.name_zh as feed_name_zh, d.day,
    cast(case when f.cadence_hours <= 24 then c.day is not null
        else d.day = cast(date_trunc('year', d.day) + lateness(d.feed) as date) end as bigint) as deliveries_expected,
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
    e.n_series * 24 // f.cadence_hours as readings_expected, coalesce(r.n_present, 0) as readings_present,
    coalesce(r.n_used, 0) as readings_used, coalesce(r.n_flagged, 0) as readings_flagged,
    coalesce(r.n_missing, 0) as readings_missing, coverage(coalesce(r.n_regular, 0), readings_expected) as coverage,
    pending_until(d.day + interval 1 day + lateness(d.feed)) as is_pending
from days as d
inner join cadence as f using (feed)
left join calendar as c on d.feed = c.feed and d.day = c.day
left join deliveries as v on d.feed = v.feed and d.day = v.day
left join expected as e on d.feed = e.feed and d.day = e.day
left join readings as r on d.feed = r.feed and d.day = r.day;
