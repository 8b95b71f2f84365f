{#-
  Hints of the weighbridges, never exceedances: days whose total is far from the usual one (median of the same weekday in
  the weeks before), and days on which many loads contradict the rules of a weighbridge. Days are those of
  mart_waste_weighbridge_daily that are complete.
-#}
with days as (
    select
        *,
        case when n_expected = 0 then 0 else net_t end as total_t
    from {{ ref('mart_waste_weighbridge_daily') }}
    where validity <> 'pending'
),

complete as (
    select max(day) as last_day from days
),

usual as (
    select
        d.site_id,
        d.day,
        r.waste_usual_deviation_pct,
        r.waste_usual_min_days,
        count(b.total_t) as n_days,
        {{ middle_value('b.total_t') }} as usual_t
    from days as d
    inner join {{ ref('int_waste_rules') }} as r on {{ in_force('d.day', 'r') }}
    inner join days as b
        on
            d.site_id = b.site_id and d.day > b.day
            and extract(dow from b.day) = extract(dow from d.day)
            and {{ days_in('b.day', 'd.day') }} - 1 <= r.waste_usual_weeks * {{ days_per_week() }}
    group by d.site_id, d.day, r.waste_usual_deviation_pct, r.waste_usual_min_days
),

periods as (
    select
        d.site_id,
        'net_t' as parameter,
        '日进站净重' as parameter_zh,
        d.day,
        d.total_t as value,
        abs(d.total_t - u.usual_t) as badness,
        't' as unit,
        concat(
            'daily total further than ', cast(u.waste_usual_deviation_pct as integer), ' % from the usual one'
        ) as limit_text,
        {{ reason('usual_total_of_weekday', 'cast(u.usual_t as decimal(18, 2))') }} as reason,
        d.loads as readings,
        'waste_usual_deviation_pct' as rule_id,
        d.provenance
    from days as d
    inner join usual as u on d.site_id = u.site_id and d.day = u.day
    where
        u.n_days >= u.waste_usual_min_days and u.usual_t > 0
        and abs(d.total_t - u.usual_t) * 100 > u.usual_t * u.waste_usual_deviation_pct
    union all
    select
        d.site_id,
        'inconsistent_loads' as parameter,
        '称重不一致车次占比' as parameter_zh,
        d.day,
        d.inconsistent_pct as value,
        d.inconsistent_pct as badness,
        '%' as unit,
        concat(
            'more than ', cast(r.waste_inconsistent_pct as integer), ' % of the loads contradict the weighbridge rules'
        ) as limit_text,
        {{ reason('loads_contradict_rules', 'd.loads_inconsistent', 'd.loads_judged') }} as reason,
        d.loads_judged as readings,
        'waste_inconsistent_pct' as rule_id,
        d.provenance
    from days as d
    inner join {{ ref('int_waste_rules') }} as r on {{ in_force('d.day', 'r') }}
    where
        d.loads_inconsistent >= r.waste_inconsistent_min_loads
        and d.loads_inconsistent * 100 > d.loads_judged * r.waste_inconsistent_pct
),

described as (
    select
        'hint' as kind,
        p.site_id,
        p.parameter,
        p.parameter_zh,
        'day' as averaging,
        cast(p.day as timestamp) as period_start,
        cast(p.day + interval 1 day as timestamp) as period_end,
        true as exceeds,
        p.value,
        p.badness,
        p.unit,
        cast(null as decimal(18, 6)) as limit_value,
        p.limit_text,
        false as has_multiple,
        p.readings,
        cast(c.last_day as timestamp) as last_complete_start,
        p.reason,
        e.standard,
        e.clause,
        p.provenance
    from periods as p
    cross join complete as c
    inner join {{ ref('int_rules') }} as e on p.rule_id = e.rule_id and {{ in_force('p.day', 'e') }}
)

-- To events (macros/events.sql): periods of one site, parameter and limit with at most event_gap_<averaging> others
-- between them are one event; the largest badness is its peak.
{{ events_from('described', 'waste') }}
