{#-
  Hints in the energy readings, as events: days of a series that deviate from the mean of the same weekdays before,
  months that deviate from the same month of last year, and gaps of meters. The rules are declared (energy_hint_*); a
  hint is a reason to look, never an exceedance. A series that reports by day is judged by days, any other by months.
-#}
with daily as (
    select
        site_id,
        carrier,
        flow,
        sector,
        metering,
        min(cast(period_start as date)) as first_day,
        min(unit) as unit,
        {{ least_provenance('provenance') }} as provenance
    from {{ ref('int_energy_periods') }}
    where is_day
    group by site_id, carrier, flow, sector, metering
),

-- The last day on which the register still knows the site; null while it does.
closing as (
    select
        site_id,
        case when count(*) = count(valid_to) then max(valid_to) end as last_day
    from {{ ref('stg_site_register') }}
    where feed = 'energy'
    group by site_id
),

calendar as (
    select x.day
    from ({{ day_series('(select min(first_day) from daily)', last_complete_day()) }}) as x
),

reported_months as (
    select distinct
        site_id,
        carrier,
        flow,
        sector,
        metering,
        month
    from {{ ref('int_energy_periods') }}
    where not is_day and n_usable > 0 and period_end >= month + interval 1 month
),

days as (
    select
        s.site_id,
        s.carrier,
        s.flow,
        s.sector,
        s.metering,
        s.unit,
        x.day,
        p.amount,
        coalesce(p.minutes, 0) as minutes,
        coalesce(p.n_usable, 0) as readings,
        coalesce(p.provenance, s.provenance) as provenance,
        {{ minutes_between('x.day', 'x.day + interval 1 day') }} as minutes_expected,
        {{ hours_after('x.day + interval 1 day', 'c.lateness_allowed_hours') }} <= {{ as_of() }} as is_late,
        -- A longer report of the same series, a whole month for one, covers the day.
        l.site_id is not null as is_reported_otherwise
    from daily as s
    inner join calendar as x on s.first_day <= x.day
    inner join {{ ref('feed_cadence') }} as c on c.feed = 'energy'
    left join closing as r on s.site_id = r.site_id
    left join {{ ref('int_energy_periods') }} as p
        on
            s.site_id = p.site_id
            and s.carrier = p.carrier
            and s.flow = p.flow
            and s.sector = p.sector
            and s.metering = p.metering
            and p.is_day
            and x.day = p.period_start
    left join reported_months as l
        on
            s.site_id = l.site_id
            and s.carrier = l.carrier
            and s.flow = l.flow
            and s.sector = l.sector
            and s.metering = l.metering
            and date_trunc('month', x.day) = l.month
    where r.last_day is null or x.day <= r.last_day
),

judged_days as (
    select
        d.*,
        rules.energy_hint_complete_share,
        rules.energy_hint_lookback_days,
        rules.energy_hint_days_needed,
        rules.energy_hint_day_deviation,
        d.minutes >= d.minutes_expected * rules.energy_hint_complete_share as is_complete
    from days as d
    inner join {{ ref('int_energy_rules') }} as rules on {{ in_force('d.day', 'rules') }}
),

usual_of_days as (
    select
        d.site_id,
        d.carrier,
        d.flow,
        d.sector,
        d.metering,
        d.day,
        count(*) as n,
        sum(b.amount) as total
    from judged_days as d
    inner join judged_days as b
        on
            d.site_id = b.site_id
            and d.carrier = b.carrier
            and d.flow = b.flow
            and d.sector = b.sector
            and d.metering = b.metering
            and b.is_complete
            and d.day > b.day
            and {{ days_in('b.day', 'd.day') }} <= d.energy_hint_lookback_days + 1
            and dayofweek(d.day) = dayofweek(b.day)
    where d.is_complete
    group by d.site_id, d.carrier, d.flow, d.sector, d.metering, d.day
),

months as (
    select
        m.*,
        rules.energy_hint_complete_share,
        rules.energy_hint_month_deviation,
        cast(m.month + interval 1 month as date) as month_end,
        m.minutes_covered >= m.minutes_expected * rules.energy_hint_complete_share as is_complete,
        {{ hours_after('m.month + interval 1 month', 'c.lateness_allowed_hours') }} <= {{ as_of() }} as is_late
    from {{ ref('int_energy_series') }} as m
    inner join {{ ref('int_energy_rules') }} as rules on {{ in_force('m.month', 'rules') }}
    inner join {{ ref('feed_cadence') }} as c on c.feed = 'energy'
    left join daily as s
        on
            m.site_id = s.site_id
            and m.carrier = s.carrier
            and m.flow = s.flow
            and m.sector = s.sector
            and m.metering = s.metering
    where s.site_id is null
),

found as (
    -- Days that deviate: the amount times n against the sum of n days, multiplied instead of divided.
    select
        d.site_id,
        d.carrier,
        d.flow,
        d.sector,
        d.metering,
        'day' as averaging,
        d.day as first_day,
        cast(d.day + interval 1 day as date) as next_day,
        d.amount as value,
        {{ exact_quotient('abs(d.amount * u.n - u.total)', 'nullif(u.total, 0)') }} as badness,
        d.unit,
        concat(
            'more than ', cast(cast(d.energy_hint_day_deviation as bigint) as string),
            ' % off the mean of the same weekdays of ', cast(cast(d.energy_hint_lookback_days as bigint) as string),
            ' days before'
        ) as limit_text,
        d.readings,
        {{ reason(
            'amount_against_usual',
            'cast(d.amount as decimal(18, 2))', 'd.unit', exact_ratio('u.total', 'u.n', 2), 'u.n'
        ) }} as reason,
        'energy_hint_day_deviation' as clause,
        d.provenance
    from judged_days as d
    inner join usual_of_days as u
        on
            d.site_id = u.site_id
            and d.carrier = u.carrier
            and d.flow = u.flow
            and d.sector = u.sector
            and d.metering = u.metering
            and d.day = u.day
    where
        u.n >= d.energy_hint_days_needed
        and abs(d.amount * u.n - u.total) * 100 > u.total * d.energy_hint_day_deviation
    union all
    select
        site_id,
        carrier,
        flow,
        sector,
        metering,
        'day' as averaging,
        day as first_day,
        cast(day + interval 1 day as date) as next_day,
        minutes as value,
        -minutes as badness,
        'min' as unit,
        concat(
            'readings cover less than ', cast(cast(energy_hint_complete_share * 100 as bigint) as string),
            ' % of the day'
        ) as limit_text,
        readings,
        {{ reason('gap_of_readings', 'minutes', 'minutes_expected') }} as reason,
        'energy_hint_complete_share' as clause,
        provenance
    from judged_days
    where metering = 'meter' and not is_complete and is_late and not is_reported_otherwise
    union all
    select
        m.site_id,
        m.carrier,
        m.flow,
        m.sector,
        m.metering,
        'month' as averaging,
        m.month as first_day,
        m.month_end as next_day,
        m.amount as value,
        {{ exact_quotient('abs(m.amount - b.amount)', 'nullif(b.amount, 0)') }} as badness,
        m.unit,
        concat(
            'more than ', cast(cast(m.energy_hint_month_deviation as bigint) as string),
            ' % off the same month of the year before'
        ) as limit_text,
        m.n_usable as readings,
        {{ reason(
            'amount_against_year_before',
            'cast(m.amount as decimal(18, 2))', 'm.unit', 'cast(b.amount as decimal(18, 2))'
        ) }} as reason,
        'energy_hint_month_deviation' as clause,
        {{ lesser_provenance('m.provenance', 'b.provenance') }} as provenance
    from months as m
    inner join months as b
        on
            m.site_id = b.site_id
            and m.carrier = b.carrier
            and m.flow = b.flow
            and m.sector = b.sector
            and m.metering = b.metering
            and m.month = b.month + interval 1 year
            and b.is_complete
    where
        m.is_complete
        and abs(m.amount - b.amount) * 100 > b.amount * m.energy_hint_month_deviation
    union all
    select
        site_id,
        carrier,
        flow,
        sector,
        metering,
        'month' as averaging,
        month as first_day,
        month_end as next_day,
        minutes_covered as value,
        -minutes_covered as badness,
        'min' as unit,
        concat(
            'readings cover less than ', cast(cast(energy_hint_complete_share * 100 as bigint) as string),
            ' % of the month'
        ) as limit_text,
        n_usable as readings,
        {{ reason('gap_of_readings', 'minutes_covered', 'minutes_expected') }} as reason,
        'energy_hint_complete_share' as clause,
        provenance
    from months
    where metering = 'meter' and not is_complete and is_late
),

periods as (
    select
        'hint' as kind,
        h.site_id,
        concat_ws('.', h.carrier, h.flow, h.sector, h.metering) as parameter,
        concat(k.name_zh, '（', coalesce(f.name_zh, h.flow), '，', coalesce(s.name_zh, h.sector), '）') as parameter_zh,
        h.averaging,
        cast(h.first_day as timestamp) as period_start,
        cast(h.next_day as timestamp) as period_end,
        true as exceeds,
        cast(h.value as decimal(18, 6)) as value,
        cast(h.badness as decimal(38, 12)) as badness,
        h.unit,
        cast(null as decimal(18, 6)) as limit_value,
        h.limit_text,
        false as has_multiple,
        h.readings,
        case
            when h.averaging = 'day' then cast({{ last_complete_day() }} as timestamp)
            else cast(date_trunc('month', {{ as_of() }}) as timestamp) - interval 1 month
        end as last_complete_start,
        h.reason,
        'project decision' as standard,
        h.clause,
        h.provenance
    from found as h
    -- kind none is not an energy carrier (reactive power).
    inner join {{ ref('energy_carriers') }} as k on h.carrier = k.carrier and k.kind <> 'none'
    left join {{ ref('energy_flows') }} as f on h.flow = f.flow
    left join {{ ref('energy_sectors') }} as s on h.sector = s.sector
)

-- To events (macros/events.sql): periods of one site, parameter and limit with at most event_gap_<averaging> others
-- between them are one event; the largest badness is its peak.
{{ events_from('periods', 'energy') }}
