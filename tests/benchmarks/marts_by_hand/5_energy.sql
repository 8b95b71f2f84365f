-- mart_energy_monthly: amounts, standard coal and CO2 by area, month, carrier, sector, flow and metering. A district's
-- own factors (seed energy_own_factors, empty as shipped) are not read here.

create macro six(x) as cast(x as decimal(18, 6));
create macro wide(x) as cast(x as decimal(38, 6));
create macro nano(x) as cast(cast(x as decimal(38, 9)) * 1000000000 as hugeint);
-- amount * n : d, rounded half to even once, to 6 decimals.
create macro amount_times(amount, n, d) as cast(sign(amount) * half_even(
    cast(abs(amount) * 1000000 as hugeint) * nano(n), nano(d)) as decimal(30, 0)) * cast(0.000001 as decimal(6, 6));
-- A meter is part of what a balance counts already.
create macro in_scope(metering, verdict, sign, amount) as cast(case when metering = 'meter' or sign = 0 then 0
    when verdict in ('valid', 'indicative') then sign * amount end as decimal(24, 6));
create macro allowed(verdict, amount) as cast(if(verdict in ('valid', 'indicative'), amount, null) as decimal(24, 6));
create macro verdict_of(amount_verdict, lacks, provisional) as case
    when amount_verdict in ('insufficient', 'pending') then amount_verdict when lacks then 'insufficient'
    when provisional then 'indicative' else amount_verdict end;

-- One pass. Whole months as reported go before what is metered within them; what ends after its month is not a month's.
create temp table energy_series as
with readings as (
    select site_id, parameter as carrier, flow, sector, metering, unit, value,
        cast(date_trunc('month', period_start) as date) as month,
        period_start = month and period_end = month + interval 1 month as is_whole,
        date_diff('minute', period_start, period_end) as minutes, flag in (1, 2, 3) and value is not null as usable,
        flag = 3 and value is not null as suspect,
        trust(provenance) as trust
    from energy
    where period_end <= date_trunc('month', period_start) + interval 1 month
)
select site_id, carrier, flow, sector, metering, month, min(unit) as unit, min(trust) as trust_of_all,
    if(bool_or(is_whole and usable), sum(value) filter (is_whole and usable), sum(value) filter (usable)) as amount,
    if(bool_or(is_whole and usable), sum(minutes) filter (is_whole and usable), sum(minutes) filter (usable))
        as minutes,
    if(bool_or(is_whole and usable), count(*) filter (is_whole and suspect), count(*) filter (suspect)) as n_suspect,
    if(bool_or(is_whole and usable), min(trust) filter (is_whole and usable), min(trust) filter (usable)) as trust
from readings
group by site_id, carrier, flow, sector, metering, month;

-- Every series from the first month of its first year to the last month there can be, where its site is open.
create temp table energy_month as
with series as (
    select site_id, carrier, flow, sector, metering, min(unit) as unit, min(trust_of_all) as trust,
        cast(date_trunc('year', min(month)) as date) as first_month
    from energy_series group by all
),
horizon as (
    select cast(least(date_trunc('year', max(month)) + interval 11 month, date_trunc('month', getvariable('as_of')))
        as date)
        as last_month
    from energy_series
),
spine as (
    select s.*, cast(unnest(generate_series(cast(s.first_month as timestamp),
        cast(greatest(h.last_month, s.first_month) as timestamp), interval 1 month)) as date) as month
    from series as s cross join horizon as h
),
sites as (
    select *, min(valid_from) over (partition by site_id) as site_from from register where feed = 'energy'
),
located as (
    select x.*, r.area_code, r.site_from >= x.month + interval 1 month or r.valid_to < x.month as is_closed
    from spine as x left join sites as r on x.site_id = r.site_id and x.month + interval 1 month > r.valid_from
    qualify row_number() over (
        partition by x.site_id, x.carrier, x.flow, x.sector, x.metering, x.month
        order by r.valid_from desc nulls last) = 1
)
select l.* exclude (unit, trust, area_code), l.unit, coalesce(l.area_code, getvariable('district')) as area_code,
    p.amount,
    date_diff('minute', l.month, l.month + interval 1 month) as minutes_expected, coalesce(p.minutes, 0) as minutes,
    coalesce(p.n_suspect, 0) as n_suspect,
    coalesce(p.trust, l.trust) as trust
from located as l
left join energy_series as p using (site_id, carrier, flow, sector, metering, month)
where year(l.month) in (select year(month) from energy_series)
    and (p.minutes is not null or not coalesce(l.is_closed, false));

create temp table energy_factor as
select w.*, k.kind, k.name_zh, if(k.kind = 'power', g.data_year, null) as grid_year,
    wide(c.kgce_per_standard_unit) * six(c.standard_units_per_unit) as kgce,
    if(k.kind = 'power', wide(v.kgce_per_kwh), wide(c.kgce_per_standard_unit)) * six(c.standard_units_per_unit)
        as kgce_equal,
    case k.kind
        when 'fuel' then cast(wide(f.ncv_gj_per_basis) * six(f.carbon_tc_per_tj) * six(f.oxidation)
            * f.c_to_co2_numerator
            as decimal(38, 9))
        when 'heat' then six(h.tco2_per_gj) when 'power' then six(g.kgco2_per_kwh) end as tco2,
    case k.kind
        when 'fuel' then six(f.units_per_basis) * f.gj_per_tj * f.c_to_co2_denominator
        when 'heat' then six(h.units_per_gj) when 'power' then rule('energy_kg_per_t') end as tco2_divisor,
    case when k.kind = 'none' then 'not_energy' when tco2 is null then 'insufficient'
        when grid_year < year(w.month) then 'provisional_factor' else 'final' end as factor_status
from (select distinct carrier, unit, month from energy_month) as w
inner join seed('energy/energy_carriers') as k on w.carrier = k.carrier and w.unit = k.unit
left join seed('energy/energy_standard_coal') as c
    on w.carrier = c.carrier and w.unit = c.unit and in_force(w.month, c.valid_from, c.valid_to)
left join seed('energy/energy_equal_value') as v on year(w.month) = cast(v.data_year as bigint)
left join seed('energy/energy_co2_fuel') as f
    on w.carrier = f.carrier and w.unit = f.unit and in_force(w.month, f.valid_from, f.valid_to)
left join seed('energy/energy_co2_heat') as h
    on w.carrier = h.carrier and w.unit = h.unit and in_force(w.month, h.valid_from, h.valid_to)
left join seed('energy/energy_grid_factors') as g
    on g.region = getvariable('grid_region') and g.series = 'average' and year(w.month) >= g.data_year
qualify row_number() over (partition by w.carrier, w.unit, w.month order by g.data_year desc nulls last) = 1;

create table mart_energy_monthly as
with grouped as (
    select m.area_code, m.month, m.carrier, m.sector, m.flow, m.metering, m.unit, f.kind, f.name_zh, f.grid_year,
        f.factor_status, s.co2_sign, s.tce_sign, f.kgce is null and f.kind <> 'none' as lacks_coal,
        f.factor_status = 'insufficient' and s.co2_sign <> 0 as lacks_co2, sum(m.amount) as amount,
        sum(amount_times(m.amount, f.kgce, rule('energy_kg_per_t'))) as tce,
        sum(amount_times(m.amount, f.kgce_equal, rule('energy_kg_per_t'))) as tce_equal_value,
        sum(amount_times(m.amount, f.tco2, f.tco2_divisor)) as tco2,
        cast(sum(m.minutes_expected) as bigint) as n_expected, cast(sum(m.minutes) as bigint) as n_valid,
        cast(sum(m.n_suspect) as bigint) as n_suspect, bool_or(m.minutes > m.minutes_expected) as has_overlap,
        min(m.trust) as trust
    from energy_month as m
    inner join energy_factor as f using (carrier, unit, month)
    inner join seed('energy/energy_scope') as s
        on m.flow = s.flow and f.kind = s.kind and in_force(m.month, s.valid_from, s.valid_to)
    group by all
),
judged as (
    select *, pending_until(month + interval 1 month + lateness('energy')) as is_pending,
        n_valid >= n_expected * rule('energy_coverage_valid') as is_covered,
        n_valid >= n_expected * rule('energy_coverage_indicative') as is_indicative,
        case when has_overlap then 'insufficient' when is_pending and not is_covered then 'pending'
            when not is_indicative then 'insufficient' when not is_covered then 'indicative' else 'valid' end as verdict,
        verdict_of(verdict, kind = 'none' or lacks_coal, false) as tce_verdict,
        verdict_of(verdict, kind = 'none' or amount is not null and tce_equal_value is null, false) as equal_verdict,
        if(co2_sign = 0, 'valid', verdict_of(verdict, kind = 'none' or lacks_co2, factor_status = 'provisional_factor'))
            as co2_verdict
    from grouped
)
select j.area_code, coalesce(a.name_zh, j.area_code) as area_name_zh, j.month, j.carrier, j.name_zh as carrier_zh,
    j.sector, s.name_zh as sector_zh, j.flow, f.name_zh as flow_zh, j.metering,
    cast(j.amount as decimal(24, 6)) as amount,
    j.unit, allowed(tce_verdict, j.tce) as tce, allowed(equal_verdict, j.tce_equal_value) as tce_equal_value,
    allowed(co2_verdict, if(co2_sign > 0, j.tco2, null)) as tco2,
    in_scope(metering, tce_verdict, tce_sign, j.tce) as tce_in_scope,
    in_scope(metering, equal_verdict, tce_sign, j.tce_equal_value) as tce_equal_value_in_scope,
    in_scope(metering, co2_verdict, co2_sign, j.tco2) as tco2_in_scope,
    j.factor_status, j.grid_year as grid_factor_year,
    if(j.kind = 'power', getvariable('grid_region'), null) as grid_region,
    j.n_expected, j.n_valid, j.n_suspect, coverage(j.n_valid, j.n_expected) as coverage, j.verdict as validity,
    j.tce_verdict as tce_validity, j.equal_verdict as tce_equal_value_validity, j.co2_verdict as tco2_validity,
    of_trust(j.trust) as provenance
from judged as j
left join seed('energy/energy_sectors') as s on j.sector = s.sector
left join seed('energy/energy_flows') as f on j.flow = f.flow
left join areas as a on j.area_code = a.area_code;
