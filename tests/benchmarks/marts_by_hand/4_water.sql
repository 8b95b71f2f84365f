-- mart_water_item_monthly and the numbers and classes of mart_water_section_monthly.

create macro hydrogen_of(ph) as cast(pow(cast(10 as double), -cast(ph as double)) as decimal(38, 20));
create macro ph_of(hydrogen, n) as
    cast(log10(cast(nullif(n, 0) as double)) - log10(cast(nullif(hydrogen, 0) as double)) as decimal(18, 6));
-- Half of a limit of determination has 7 decimals: sums in hundredths of a millionth, as long as 64 bits hold them.
create macro carried_mean_fine(s, n) as
    millionths(moved_off(cast(s * 100000000 as bigint), n * 100));
-- Rounded to k decimals; what would become 0 keeps its first digit.
create macro rounded_or_null(x, k, decimals) as if(k <= decimals, nullif(round_even(x, decimals), 0), null);
create macro keeping_digit(x, k) as cast(coalesce(
    rounded_or_null(x, k, 0), rounded_or_null(x, k, 1), rounded_or_null(x, k, 2), rounded_or_null(x, k, 3),
    rounded_or_null(x, k, 4), rounded_or_null(x, k, 5), x) as decimal(18, 6));

create temp table water as
select site_id, parameter, method, period_start, period_end, cast(period_start as date) as day, value, censored, flag,
    provenance
from clean('clean_water');
create temp table water_item as from seed('standards/water_items');
create temp table water_limit as
select parameter, water_type, class_rank, cast(limit_low as decimal(18, 6)) as low,
    cast(limit_high as decimal(18, 6)) as high,
    valid_from, valid_to
from seed('standards/gb3838_limits');
create temp table water_class as from seed('standards/water_classes');

-- Section x month x item: of the methods, the one that goes first; its mean; rounded as assessed, keeping a digit.
create temp table water_month as
with readings as (
    select w.site_id, cast(date_trunc('month', w.day) as date) as month_start, w.parameter, w.method, i.mean_kind,
        i.automatic_first = (w.method = 'automatic') as goes_first, w.censored = '<' as is_nondetect,
        cast(if(w.censored = '<', w.value * rule('water_nondetect_factor'), w.value) as decimal(18, 8)) as value,
        w.provenance
    from water as w
    inner join water_item as i on w.parameter = i.parameter and in_force(w.day, i.valid_from, i.valid_to)
    where w.flag in (1, 2, 3) and w.value is not null
),
by_method as (
    select site_id, month_start, parameter, method, mean_kind, goes_first, count(*) as n_values,
        count(*) filter (is_nondetect) as n_nondetects, sum(value) as total,
        sum(hydrogen_of(value)) filter (mean_kind = 'hydrogen_ions') as hydrogen, min(trust(provenance)) as trust
    from readings
    group by site_id, month_start, parameter, method, mean_kind, goes_first
    having count(*) >= rule('water_month_min_values')
    qualify row_number() over (partition by site_id, month_start, parameter order by goes_first desc, method) = 1
)
select m.* exclude (mean_kind, goes_first, total, hydrogen), last_day(month_start) as month_end,
    if(mean_kind = 'hydrogen_ions' and rule('water_ph_mean_by_hydrogen') = 1, ph_of(hydrogen, n_values),
        carried_mean_fine(total, n_values)) as mean_value
from by_method as m;

create temp table water_section as
select m.site_id, m.month_start, m.month_end, s.* exclude (site_id, feed, kind, provenance)
from (select distinct site_id, month_start, month_end from water_month) as m
left join register as s on s.feed = 'water' and m.site_id = s.site_id
    and m.month_end >= s.valid_from and (s.valid_to is null or m.month_start <= s.valid_to)
qualify row_number() over (partition by m.site_id, m.month_start order by s.valid_from desc nulls last) = 1;

create temp table water_assessed as
select m.*, i.name_zh as item_zh, i.unit, i.in_class_assessment, i.in_realtime_class, i.has_exceedance_multiple,
    s.water_type, s.name_zh as site_name_zh,
    case when rule('water_statistics_rounded') = 0 then m.mean_value
        else keeping_digit(m.mean_value, i.assessment_decimals) end as assessed_value
from water_month as m
inner join water_section as s using (site_id, month_start)
inner join water_item as i on m.parameter = i.parameter and in_force(m.month_end, i.valid_from, i.valid_to);

-- Single factor: the best class whose limits hold. How far above class III: two decimals, half to even.
create temp table water_classed as
with classes as (
    select v.site_id, v.month_start, v.parameter,
        case when v.parameter = 'do' and max(o.assessed_value) >= rule('water_do_saturation_class_i')
            then min(l.class_rank)
        else coalesce(min(l.class_rank) filter (coalesce(v.assessed_value >= l.low, true)
            and coalesce(v.assessed_value <= l.high, true)), max(l.class_rank) + 1) end as class_rank,
        max(l.high) filter (l.class_rank = rule('water_exceedance_class_rank')) as class_iii_limit
    from water_assessed as v
    inner join water_limit as l on v.parameter = l.parameter and v.water_type = l.water_type
        and in_force(v.month_end, l.valid_from, l.valid_to)
    left join water_assessed as o on v.parameter = 'do' and o.parameter = 'do_saturation'
        and v.site_id = o.site_id and v.month_start = o.month_start
    group by v.site_id, v.month_start, v.parameter
)
select a.*, c.class_rank, c.class_iii_limit,
    if(a.has_exceedance_multiple and a.assessed_value > c.class_iii_limit, cast(half_even(
        cast((a.assessed_value - c.class_iii_limit) * 1000000 as bigint) * 100,
        cast(c.class_iii_limit * 1000000 as bigint)) as decimal(18, 0)) * cast(0.01 as decimal(18, 6)), null)
            as exceedance_multiple
from water_assessed as a
left join classes as c using (site_id, month_start, parameter);

create table mart_water_item_monthly as
select c.site_id, coalesce(c.site_name_zh, c.site_id) as site_name_zh, c.month_start, c.parameter, c.item_zh, c.unit,
    c.method, c.mean_value, c.assessed_value, c.class_rank, k.water_class, k.water_class_zh, c.in_class_assessment,
    c.exceedance_multiple, c.class_iii_limit, c.n_values, c.n_nondetects, of_trust(c.trust) as provenance
from water_classed as c
left join water_class as k on c.class_rank = k.class_rank and in_force(c.month_end, k.valid_from, k.valid_to);

create table mart_water_section_monthly as
with sections as (
    select site_id, month_start, max(class_rank) filter (in_class_assessment) as class_rank,
        max(exceedance_multiple) filter (in_class_assessment and class_rank is not null) as largest_multiple,
        max(assessed_value) filter (parameter = 'ph') as ph, max(assessed_value) filter (parameter = 'do') as do_mg_l,
        max(assessed_value) filter (parameter = 'codmn') as codmn_mg_l,
        max(assessed_value) filter (parameter = 'cod') as cod_mg_l,
        max(assessed_value) filter (parameter = 'bod5') as bod5_mg_l,
        max(assessed_value) filter (parameter = 'nh3n') as nh3n_mg_l,
        max(assessed_value) filter (parameter = 'tp') as tp_mg_l,
        max(assessed_value) filter (parameter = 'tn') as tn_mg_l,
        cast(sum(n_values) as bigint) as n_values, count(*) filter (in_class_assessment) as n_valid,
        count(*) filter (in_realtime_class) as n_automatic, min(trust) as trust,
        list({'rank': class_rank, 'item': parameter, 'zh': item_zh}
            order by exceedance_multiple desc nulls last, parameter)
            filter (in_class_assessment and class_rank > 1) as beyond_i
    from water_classed
    group by all
),
expected as (
    select valid_from, valid_to, count(*) filter (in_class_assessment) as n_class,
        count(*) filter (in_realtime_class) as n_automatic
    from water_item group by all
)
select p.month_start, p.month_end, p.site_id, coalesce(p.name_zh, p.site_id) as site_name_zh,
    coalesce(p.name_en, p.site_id) as site_name_en, p.river_zh, p.network, p.area_code, p.water_type, p.reach_length_km,
    coalesce(p.assessed, false) as assessed, k.water_class, k.class_rank, k.water_class_zh, k.grade_zh, s.largest_multiple,
    coalesce(array_to_string([i.item for i in s.beyond_i if i.rank = s.class_rank], ','), '') as deciding_items,
    coalesce(array_to_string([i.zh for i in s.beyond_i if i.rank = s.class_rank], '、'), '') as deciding_items_zh,
    p.class_target, k.class_rank <= t.class_rank as attains_target,
    s.ph, s.do_mg_l, s.codmn_mg_l, s.cod_mg_l, s.bod5_mg_l, s.nh3n_mg_l, s.tp_mg_l, s.tn_mg_l, s.n_values,
    e.n_class as n_expected, s.n_valid, coverage(s.n_valid, e.n_class) as coverage,
    of_trust(s.trust) as provenance
from sections as s
inner join water_section as p using (site_id, month_start)
inner join expected as e on in_force(p.month_end, e.valid_from, e.valid_to)
left join water_class as k on s.class_rank = k.class_rank and in_force(p.month_end, k.valid_from, k.valid_to)
left join water_class as t on p.class_target = t.water_class and in_force(p.month_end, t.valid_from, t.valid_to);
