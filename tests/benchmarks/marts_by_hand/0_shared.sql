-- What the domains share: exact arithmetic, rules, seeds, and each large feed read from Parquet once, as narrow as it
-- is used. The harness sets the variables clean (folder of the clean layer), seeds (folder of the seeds), as_of,
-- district and grid_region. Rules and factors are the seeds as shipped: what a user declares is not read.

create macro clean(name) as table
    from read_parquet(getvariable('clean') || '/' || name || '/**/*.parquet', hive_partitioning = false);
create macro seed(path) as table from read_csv(getvariable('seeds') || '/' || path || '.csv', header = true);
create macro in_force(day, valid_from, valid_to) as
    day >= cast(valid_from as date) and (valid_to is null or day <= cast(valid_to as date));
create macro pending_until(moment) as moment > getvariable('as_of');

-- Rules are taken as of as_of, as a value by name; those of air whose editions differ are joined by day (1_air.sql).
create temp table rules as
select rule_id, cast(value as decimal(18, 4)) as value, valid_from, valid_to
from (from seed('standards/rule_values') union all by name from seed('rules/rule_values_totals'));
set variable rules = (select map_from_entries(list((rule_id, value))) from (
    select rule_id, min(value) as value from rules
    where in_force(cast(getvariable('as_of') as date), valid_from, valid_to) group by rule_id having count(*) = 1
));
create macro rule(id) as getvariable('rules')[id];

-- Exact arithmetic on whole millionths. A mean is cut off at 6 decimals and moved off 0 and 5 where it goes on, so that
-- it can be rounded later. In 64 bits: the sums here stay below 2^53 millionths, which a double holds exactly.
create macro millionths(n) as cast(cast(n as decimal(18, 0)) * cast(0.000001 as decimal(6, 6)) as decimal(18, 6));
create macro moved_off(n, d) as n // d + if(n // d % 5 = 0 and n % d <> 0, sign(n), 0);
create macro carried_mean(s, n) as millionths(moved_off(cast(cast(s as double) * 1000000 as bigint), nullif(n, 0)));
create macro half_even(n, d) as n // d + if(n % d * 2 > d or n % d * 2 = d and n // d % 2 = 1, 1, 0);
create macro ceil_ratio(n, d) as (n + d - 1) // d;
create macro coverage(n, expected) as cast(
    cast(half_even(cast(n as bigint) * 10000, nullif(cast(expected as bigint), 0)) as decimal(18, 0))
    * cast(0.0001 as decimal(4, 4)) as decimal(9, 4));

-- Provenance by trust.
create macro trust(word) as list_position(['simulated', 'plan', 'reported', 'observed'], word);
create macro of_trust(place) as ['simulated', 'plan', 'reported', 'observed'][place];

create temp table register as from clean('site_register');
create temp table areas as select cast(area_code as varchar) as area_code, name_zh from seed('areas/areas');
create temp table cadence as
select feed, name_zh, cast(cadence_hours as bigint) as cadence_hours, lateness_allowed_hours
from seed('health/feed_cadence');
set variable lateness = (select map_from_entries(list((feed, lateness_allowed_hours))) from cadence);
create macro lateness(feed) as to_hours(getvariable('lateness')[feed]);

create temp table air as
select site_id, parameter, cast(period_start as date) as day, hour(period_start) + 1 as hour_label,
    period_end - period_start = interval 1 hour as is_hour, value, flag, flag in (1, 2, 3) as usable, provenance
from clean('clean_air');

create temp table noise as
select site_id, parameter, period_kind, period_start, period_end, value, flag, provenance from clean('clean_noise');

create temp table waste as
select site_id, parameter, category, destination, street_code, period_start, period_end, value, flag, provenance,
    delivery_id
from clean('clean_waste');

create temp table energy as
select site_id, parameter, flow, sector, metering, period_start, period_end, value, unit, flag, provenance, delivery_id
from clean('clean_energy');
