-- mart_waste_daily: loads and net tonnes by day, area of origin, category and destination.

create table mart_waste_daily as
with yards as (
    select site_id, arg_max(area_code, valid_from) as area_code from register where feed = 'waste' group by all
),
grouped as (
    select cast(w.period_start as date) as day,
        coalesce(w.street_code, y.area_code, getvariable('district')) as area_code,
        coalesce(w.category, 'unclassified') as category, coalesce(w.destination, 'unknown') as destination,
        count(*) as n_expected, count(w.value) filter (w.flag in (1, 2, 3)) as n_valid,
        count(w.value) filter (w.flag = 3) as n_suspect, sum(w.value) filter (w.flag in (1, 2, 3)) as net_t,
        coalesce(min(trust(w.provenance)) filter (w.flag in (1, 2, 3) and w.value is not null),
            min(trust(w.provenance))) as trust
    from waste as w left join yards as y using (site_id)
    where w.parameter = 'net_t'
    group by all
),
judged as (
    select *, pending_until(day + interval 1 day + lateness('waste')) as is_pending,
        n_valid >= n_expected * rule('waste_coverage_valid') as is_valid,
        n_valid >= n_expected * rule('waste_coverage_indicative') as is_indicative
    from grouped
)
select g.day, g.area_code, coalesce(a.name_zh, g.area_code) as area_name_zh, g.category,
    coalesce(c.name_zh, g.category) as category_zh, g.destination,
    coalesce(d.name_zh, g.destination) as destination_zh, g.n_valid as loads,
    cast(if(is_pending or is_indicative, net_t, null) as decimal(24, 6)) as net_t, g.n_expected, g.n_valid, g.n_suspect,
    coverage(n_valid, n_expected) as coverage,
    case when is_pending then 'pending' when is_valid then 'valid' when is_indicative then 'indicative'
        else 'insufficient' end as validity,
    of_trust(g.trust) as provenance
from judged as g
left join areas as a using (area_code)
left join seed('waste/waste_categories') as c using (category)
left join seed('waste/waste_destinations') as d using (destination);
