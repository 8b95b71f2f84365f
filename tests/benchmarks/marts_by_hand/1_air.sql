-- mart_air_station_daily: means, ozone 8 h, IAQI and AQI of every station and day, by the edition in force that day.

create temp table air_edition as
select cast(e.edition as varchar) as edition, e.valid_from, e.valid_to,
    min(r.value) filter (r.rule_id = 'air_aqi_min') as aqi_min,
    min(r.value) filter (r.rule_id = 'air_aqi_partial_above') as partial_above
from seed('standards/air_editions') as e
inner join rules as r on in_force(e.valid_from, r.valid_from, r.valid_to)
group by all;

-- Bands of the index, with one open band above the top: its index is fixed, or none.
create temp table band as
with bands as (
    select pollutant, averaging, valid_from, valid_to, cast(bp_low as decimal(18, 6)) as low,
        cast(bp_high as decimal(18, 6)) as high, iaqi_low, iaqi_high, above_top_iaqi
    from seed('standards/aqi_breakpoints')
)
select * exclude (above_top_iaqi) from bands
union all
select pollutant, averaging, valid_from, valid_to, max(high), null, max(above_top_iaqi), max(above_top_iaqi)
from bands group by all;

-- The largest of the day's means over eight hours; the first window where several are as large.
create temp table ozone as
with window_hour as (
    select w.ending, h.hour_label
    from range(cast(rule('air_8h_first_window_end') as bigint), cast(rule('air_8h_last_window_end') as bigint) + 1)
        as w(ending)
    inner join range(1, 25) as h(hour_label)
        on h.hour_label <= w.ending and h.hour_label > w.ending - rule('air_8h_window_hours')
),
means as (
    select a.site_id, a.day, w.ending, carried_mean(sum(a.value), count(*)) as mean
    from air as a inner join window_hour as w using (hour_label)
    where a.parameter = 'o3' and a.is_hour and a.usable and a.value is not null
    group by all
    having count(*) >= rule('air_8h_min_hours')
)
select site_id, day, count(*) as n_windows, max(mean) as mean, arg_max(ending, (mean, -ending)) as ending
from means
group by all;

create temp table air_item as
with hours as (
    select site_id, parameter, day, count(*) as n_received, count(value) filter (usable) as n_hours,
        sum(value) filter (usable) as total, max(value) filter (usable) as largest, min(trust(provenance)) as trust
    from air
    where is_hour
    group by all
),
measured as (
    select h.*, i.item, i.averaging, i.in_index, i.symbol, i.name_zh, i.sort_order, o.ending,
        case i.averaging when '24h' then carried_mean(h.total, h.n_hours) when '8h' then o.mean else h.largest end
            as level,
        case when i.averaging = '8h'
            then coalesce(o.n_windows >= rule('air_8h_min_windows') or o.mean > l.limit_value, false)
        else h.n_hours >= rule('air_day_min_hours') end as is_valid
    from hours as h
    inner join seed('standards/air_items') as i on h.parameter = i.pollutant
    left join ozone as o on i.averaging = '8h' and h.site_id = o.site_id and h.day = o.day
    left join seed('standards/gb3095_limits') as l
        on i.averaging = '8h' and l.averaging = 'daily_max_8h' and l.pollutant = 'o3'
        and l.grade = rule('air_8h_limit_grade') and in_force(h.day, l.valid_from, l.valid_to)
),
rounded as (
    select * exclude (level, ending), if(is_valid, level, null) as level, if(is_valid, ending, null) as ending,
        case when not is_valid then null
            when parameter = 'co' then round_even(level, cast(rule('air_index_input_decimals_co') as int))
            else round_even(level, cast(rule('air_index_input_decimals') as int)) end as input
    from measured
)
select r.*, r.input > b.low and b.high is null as above_top,
    case when b.high is null then b.iaqi_low else b.iaqi_low + cast(ceil_ratio(
        (b.iaqi_high - b.iaqi_low) * cast((r.input - b.low) * 1000000 as bigint),
        cast((b.high - b.low) * 1000000 as bigint)
    ) as bigint) end as iaqi
from rounded as r
left join band as b
    on r.parameter = b.pollutant and r.averaging = b.averaging and in_force(r.day, b.valid_from, b.valid_to)
    and (r.input > b.low or r.input = 0 and b.low = 0) and (r.input <= b.high or b.high is null);

create table mart_air_station_daily as
with days as (
    select site_id, day,
        max(level) filter (item = 'pm2_5') as pm2_5_ug_m3, max(level) filter (item = 'pm10') as pm10_ug_m3,
        max(level) filter (item = 'so2') as so2_ug_m3, max(level) filter (item = 'no2') as no2_ug_m3,
        max(level) filter (item = 'co') as co_mg_m3, max(level) filter (item = 'o3_8h') as o3_8h_max_ug_m3,
        max(level) filter (item = 'o3_1h') as o3_1h_max_ug_m3,
        max(n_hours) filter (item = 'pm2_5') as pm2_5_hours, max(n_hours) filter (item = 'pm10') as pm10_hours,
        max(n_hours) filter (item = 'so2') as so2_hours, max(n_hours) filter (item = 'no2') as no2_hours,
        max(n_hours) filter (item = 'co') as co_hours, max(n_hours) filter (item = 'o3_8h') as o3_hours,
        max(iaqi) filter (item = 'pm2_5') as pm2_5_iaqi, max(iaqi) filter (item = 'pm10') as pm10_iaqi,
        max(iaqi) filter (item = 'so2') as so2_iaqi, max(iaqi) filter (item = 'no2') as no2_iaqi,
        max(iaqi) filter (item = 'co') as co_iaqi,
        -- Ozone above the table of its 8 h mean goes by its largest hour.
        coalesce(max(iaqi) filter (item = 'o3_8h'),
            if(bool_or(above_top) filter (item = 'o3_8h'), max(iaqi) filter (item = 'o3_1h'), null)) as o3_8h_iaqi,
        max(ending) filter (item = 'o3_8h') as o3_8h_window_end,
        (select count(*) from seed('standards/air_items') where in_index)
            * cast(rule('air_day_expected_hours') as bigint) as n_expected,
        sum(n_hours) filter (in_index) as n_valid, sum(n_received) filter (in_index) as n_received,
        min(trust) filter (in_index) as trust,
        list({'item': item, 'zh': name_zh, 'iaqi': iaqi} order by sort_order) filter (in_index) as items
    from air_item
    group by all
),
indexed as (
    select d.*, e.edition, case
        when pm2_5_iaqi + pm10_iaqi + so2_iaqi + no2_iaqi + co_iaqi + o3_8h_iaqi is not null
            or greatest(pm2_5_iaqi, pm10_iaqi, so2_iaqi, no2_iaqi, co_iaqi, o3_8h_iaqi) > e.partial_above
            then cast(greatest(pm2_5_iaqi, pm10_iaqi, so2_iaqi, no2_iaqi, co_iaqi, o3_8h_iaqi, e.aqi_min) as bigint)
        end as aqi
    from days as d inner join air_edition as e on in_force(d.day, e.valid_from, e.valid_to)
),
primaries as (
    select *, case when aqi > rule('air_primary_above')
        then list_filter(items, lambda i: coalesce(if(i.item = 'o3_8h', o3_8h_iaqi, i.iaqi) = aqi, false))
        else [] end as firsts
    from indexed
),
dust as (
    select unnest(range(cast(period_start as date), cast(period_end - interval 1 second as date) + 1, interval 1 day))
        as day
    from clean('clean_dust_period') where flag in (1, 2, 3)
)
select a.* exclude (n_expected, n_valid, n_received, trust, items, firsts),
    a.day in (select cast(day as date) from dust) as is_dust_day,
    coalesce(s.name_zh, a.site_id) as site_name_zh, coalesce(s.name_en, a.site_id) as site_name_en, s.kind as site_kind,
    s.network, s.area_code, coalesce(s.assessed, false) as assessed, c.category, c.category_zh,
    array_to_string(list_transform(firsts, lambda i: i.item), ',') as primary_items,
    array_to_string(list_transform(firsts, lambda i: i.zh), '、') as primary_items_zh,
    n_expected, cast(n_valid as bigint) as n_valid, coverage(n_valid, n_expected) as coverage,
    of_trust(trust) as provenance
from primaries as a
left join register as s on s.feed = 'air' and a.site_id = s.site_id and in_force(a.day, s.valid_from, s.valid_to)
left join seed('standards/aqi_categories') as c
    on in_force(a.day, c.valid_from, c.valid_to) and a.aqi >= c.aqi_from and (c.aqi_to is null or a.aqi <= c.aqi_to);
