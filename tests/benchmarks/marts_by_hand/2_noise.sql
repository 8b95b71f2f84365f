-- mart_noise_site_daily: Ld, Ln, Ldn, percentiles, attainment, and the hours behind them.

create macro energy_of(level) as cast(pow(cast(10 as double), cast(level as double) * 0.1) as decimal(38, 4));
create macro level_of(energy, n) as
    cast(10 * (log10(cast(nullif(energy, 0) as double)) - log10(cast(nullif(n, 0) as double))) as decimal(18, 6));
create macro shown(level) as cast(round_even(level, cast(rule('noise_level_decimals') as int)) as decimal(6, 2));

create macro bad_weather(wind, rain) as
    coalesce(wind > rule('noise_max_wind'), false) or coalesce(rain > rule('noise_max_rain'), false);
create macro too_short(minutes, length) as coalesce(minutes * 60 < rule('noise_hour_min_minutes') * length, false);

-- s_: the same without suspect readings.
create temp table noise_part as
with slots as (
    select site_id, period_kind, period_start, period_end,
        max(value) filter (parameter = 'leq') as leq, max(value) filter (parameter = 'lmax') as lmax,
        max(value) filter (parameter = 'l10') as l10, max(value) filter (parameter = 'l50') as l50,
        max(value) filter (parameter = 'l90') as l90, max(value) filter (parameter = 'valid_minutes') as minutes,
        max(value) filter (parameter = 'noise_wind_speed') as wind,
        max(value) filter (parameter = 'noise_rain') as rain,
        max(sure) filter (parameter = 'leq') as s_leq, max(sure) filter (parameter = 'lmax') as s_lmax,
        max(sure) filter (parameter = 'valid_minutes') as s_minutes,
        max(sure) filter (parameter = 'noise_wind_speed') as s_wind,
        max(sure) filter (parameter = 'noise_rain') as s_rain,
        bool_or(flag = 3 and parameter in ('leq', 'valid_minutes', 'noise_wind_speed', 'noise_rain')) as is_suspect,
        min(trust) as trust
    from (
        select * replace (if(flag in (1, 2, 3), value, null) as value), trust(provenance) as trust,
            if(flag in (1, 2), value, null) as sure
        from noise where period_kind in ('hour', 'day', 'evening', 'night')
    )
    group by all
),
placed as (
    select *, period_kind = 'hour' as is_hour, date_diff('minute', period_start, period_end) as length,
        case when period_kind in ('day', 'evening') then 'day' when period_kind = 'night' then 'night'
            when hour(period_start) >= rule('noise_day_start_hour')
                and hour(period_start) < rule('noise_night_start_hour')
                then 'day'
            else 'night' end as part,
        cast(period_start as date) - if(period_kind in ('hour', 'night') and length < 1440
            and hour(period_start) < rule('noise_day_start_hour'), 1, 0) as day,
        60 * cast(rule('noise_night_start_hour') - rule('noise_day_start_hour') as bigint) as day_length,
        case when is_hour then 60 when length < 1440 then length when part = 'day' then day_length
            else 1440 - day_length end as weight,
        bad_weather(wind, rain) as is_weather, bad_weather(s_wind, s_rain) as s_weather,
        too_short(minutes, weight) as is_short,
        leq is not null and not is_weather and not is_short as is_valid,
        s_leq is not null and not s_weather and not too_short(s_minutes, weight) as s_valid
    from slots
    where not (period_kind = 'evening' and date_diff('minute', period_start, period_end) >= 1440)
),
-- Where a station sends hours, they count, and its own days and nights do not.
chosen as (
    select * from placed qualify is_hour or not bool_or(is_hour) over (partition by site_id, day, part)
)
select site_id, day, part, bool_or(is_hour) as has_hours, min(trust) as trust,
    level_of(sum(energy_of(leq) * weight) filter (is_valid), sum(weight) filter (is_valid)) as leq,
    level_of(sum(energy_of(s_leq) * weight) filter (s_valid), sum(weight) filter (s_valid)) as s_leq,
    max(lmax) filter (not is_weather) as highest,
    if(max(leq) filter (is_valid and lmax is null) > highest, null, highest) as lmax,
    max(s_lmax) filter (not s_weather) as s_lmax,
    carried_mean(sum(l10 * weight) filter (is_valid), sum(weight) filter (is_valid and l10 is not null)) as l10,
    carried_mean(sum(l50 * weight) filter (is_valid), sum(weight) filter (is_valid and l50 is not null)) as l50,
    carried_mean(sum(l90 * weight) filter (is_valid), sum(weight) filter (is_valid and l90 is not null)) as l90,
    coalesce(sum(weight) filter (is_valid), 0) // 60 as hours_valid, sum(weight) // 60 as hours_received,
    coalesce(sum(weight) filter (s_valid), 0) // 60 as s_hours_valid,
    coalesce(sum(weight) filter (is_suspect), 0) // 60 as hours_suspect,
    coalesce(sum(weight) filter (lmax is not null and not is_weather), 0) // 60 as hours_lmax,
    coalesce(sum(weight) filter (is_weather), 0) // 60 as hours_weather,
    coalesce(sum(weight) filter (is_short and not is_weather), 0) // 60 as hours_short,
    coalesce(sum(weight) filter (is_valid and l10 + l50 + l90 is not null), 0) // 60 as hours_percentiles
from chosen
group by all;

create macro part_validity(valid, received, expected, least, ends) as case
    when pending_until(ends) or received < expected and pending_until(ends + lateness('noise')) then 'pending'
    when valid >= least then 'valid' else 'insufficient' end;

create table mart_noise_site_daily as
with days as (
    select site_id, day, bool_or(has_hours) as has_hours, min(trust) as trust,
        max(columns(['leq', 's_leq', 'lmax', 's_lmax', 'l10', 'l50', 'l90'])) filter (part = 'day') as "d_\0",
        max(columns(['leq', 's_leq', 'lmax', 's_lmax', 'l10', 'l50', 'l90'])) filter (part = 'night') as "n_\0",
        coalesce(sum(columns(['hours_valid', 's_hours_valid', 'hours_received', 'hours_suspect', 'hours_lmax',
            'hours_percentiles'])) filter (part = 'day'), 0) as "d_\0",
        coalesce(sum(columns(['hours_valid', 's_hours_valid', 'hours_received', 'hours_suspect', 'hours_lmax',
            'hours_percentiles'])) filter (part = 'night'), 0) as "n_\0",
        cast(sum(hours_weather) as bigint) as hours_weather, cast(sum(hours_short) as bigint) as hours_short,
        cast(rule('noise_night_start_hour') - rule('noise_day_start_hour') as bigint) as day_hours,
        24 - day_hours as night_hours,
        day + to_hours(cast(rule('noise_night_start_hour') as int)) as day_end,
        day + to_hours(24 + cast(rule('noise_day_start_hour') as int)) as night_end
    from noise_part
    group by site_id, day
),
counted as (
    select *, part_validity(d_hours_valid, d_hours_received, day_hours, rule('noise_day_min_hours'), day_end)
        as d_counted,
        part_validity(n_hours_valid, n_hours_received, night_hours, rule('noise_night_min_hours'), night_end)
            as n_counted,
        part_validity(d_s_hours_valid, d_hours_received, day_hours, rule('noise_day_min_hours'), day_end)
            as s_d_counted,
        part_validity(n_s_hours_valid, n_hours_received, night_hours, rule('noise_night_min_hours'), night_end)
            as s_n_counted,
        d_counted = 'valid' as d_ok, n_counted = 'valid' as n_ok,
        d_ok and d_hours_percentiles >= rule('noise_day_min_hours') as d_percentiles,
        n_ok and n_hours_percentiles >= rule('noise_night_min_hours') as n_percentiles
    from days
),
named as (
    select j.*, s.name_zh, s.area_code, s.noise_class, s.assessed
    from counted as j
    left join register as s on s.feed = 'noise' and j.site_id = s.site_id and in_force(j.day, s.valid_from, s.valid_to)
    qualify row_number() over (partition by j.site_id, j.day order by s.valid_from desc nulls last) = 1
),
with_neighbours as (
    select d.*, ld.limit_db as d_limit, ln.limit_db as n_limit,
        ln.limit_db + ln.night_burst_allowance_db as burst_limit,
        if(d_ok, shown(d_leq), null) as ld_db, if(n_ok, shown(n_leq), null) as ln_db,
        ld_db <= d_limit as day_attained, ln_db <= n_limit as night_attained,
        d_counted <> s_d_counted or day_attained is distinct from
            if(s_d_counted = 'valid', shown(d_s_leq), null) <= d_limit as d_doubt,
        n_counted <> s_n_counted or night_attained is distinct from
            if(s_n_counted = 'valid', shown(n_s_leq), null) <= n_limit as n_doubt,
        if(d_ok and d_doubt, 'indicative', d_counted) as day_validity,
        if(n_ok and n_doubt, 'indicative', n_counted) as night_validity,
        n_lmax <= burst_limit as burst,
        case when burst is null then 'insufficient' when burst and n_counted = 'pending' then 'pending'
            when burst and n_hours_lmax < rule('noise_night_min_hours') then 'insufficient'
            when burst is distinct from n_s_lmax <= burst_limit then 'indicative' else 'valid'
        end as night_burst_validity
    from named as d
    left join seed('standards/gb3096_limits') as ld
        on d.noise_class = ld.noise_class and ld.metric = 'Ld' and in_force(d.day, ld.valid_from, ld.valid_to)
    left join seed('standards/gb3096_limits') as ln
        on d.noise_class = ln.noise_class and ln.metric = 'Ln' and in_force(d.day, ln.valid_from, ln.valid_to)
)
select d.day, d.site_id, coalesce(d.name_zh, d.site_id) as site_name_zh, d.area_code,
    coalesce(a.name_zh, d.area_code) as area_name_zh, d.noise_class, coalesce(d.assessed, false) as assessed,
    if(d.has_hours, 'hourly', 'as_delivered') as method,
    d.ld_db, d.ln_db,
    if(d_ok and n_ok, shown(level_of(energy_of(d_leq) * day_hours
        + energy_of(n_leq + rule('noise_night_penalty_db')) * night_hours, 24)), null) as ldn_db,
    if(d_percentiles, shown(d_l10), null) as l10_day_db, if(d_percentiles, shown(d_l50), null) as l50_day_db,
    if(d_percentiles, shown(d_l90), null) as l90_day_db, if(n_percentiles, shown(n_l10), null) as l10_night_db,
    if(n_percentiles, shown(n_l50), null) as l50_night_db, if(n_percentiles, shown(n_l90), null) as l90_night_db,
    cast(d_lmax as decimal(6, 2)) as lmax_day_db, cast(n_lmax as decimal(6, 2)) as lmax_night_db,
    cast(d_limit as decimal(6, 2)) as day_limit_db, cast(n_limit as decimal(6, 2)) as night_limit_db,
    cast(burst_limit as decimal(6, 2)) as night_burst_limit_db, d.day_attained, d.night_attained,
    if(night_burst_validity in ('valid', 'indicative'), burst, null) as night_burst_attained, d.night_burst_validity,
    cast(d_hours_received as bigint) as day_hours_received, cast(n_hours_received as bigint) as night_hours_received,
    cast(d_hours_valid as bigint) as day_hours_valid, cast(n_hours_valid as bigint) as night_hours_valid,
    cast(d_hours_suspect as bigint) as day_hours_suspect, cast(n_hours_suspect as bigint) as night_hours_suspect,
    d.hours_weather, d.hours_short, d.day_validity, d.night_validity, day_hours + night_hours as n_expected,
    if(d_ok and not d_percentiles, 'insufficient', d.day_validity) as day_percentiles_validity,
    if(n_ok and not n_percentiles, 'insufficient', d.night_validity) as night_percentiles_validity,
    cast(d_hours_valid + n_hours_valid as bigint) as n_valid, coverage(n_valid, n_expected) as coverage,
    cast(d_hours_suspect + n_hours_suspect as bigint) as n_suspect,
    case when 'pending' in (d.day_validity, d.night_validity) then 'pending'
        when 'insufficient' in (d.day_validity, d.night_validity) then 'insufficient'
        when 'indicative' in (d.day_validity, d.night_validity) then 'indicative' else 'valid' end as validity,
    of_trust(d.trust) as provenance
from with_neighbours as d
left join areas as a using (area_code);
