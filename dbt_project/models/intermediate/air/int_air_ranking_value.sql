{#-
  Area x network x item x period x series: the figure that subdistricts are ranked by, with its validity. Particles of
  micro-stations by ISO week, month and quarter, with and without the notified dust days; dustfall by month and quarter,
  with and without the months that its own rule leaves out (a sample hangs for a month: there is no week of it). Both
  series are judged valid or not on all days; n_valid counts what went into the series. A station's mean of valid daily means (or of months) counts where
  its rule holds: months and quarters by GB 3095 table 4, weeks and dustfall by the declared shares. An area is the mean
  of its stations, where enough of them hold.
-#}
with rules as (
    {{ rules_side_by_side(['ranking_week_min_share', 'ranking_dustfall_min_share']) }}
),

dust_days as (
    select distinct day
    from {{ ref('int_air_dust_day') }}
),

entries as (
    select
        *,
        lead(valid_from) over (partition by site_id order by valid_from) as next_from
    from {{ ref('stg_site_register') }}
    where feed = 'air'
),

-- An area's list is of its subdistricts: a station that names only the district, or a community, belongs to none.
register as (
    select
        site_id,
        kind,
        area_code,
        coalesce(network, 'unknown') as network,
        valid_from,
        provenance,
        case
            when next_from is not null and (valid_to is null or next_from <= valid_to) then next_from - 1
            else valid_to
        end as valid_to
    from entries
    where kind in ('micro_station', 'dustfall_point') and {{ is_subdistrict('area_code') }}
),

slots as (
    select
        d.site_id,
        d.item,
        'micro_station' as kind,
        d.day as slot,
        d.concentration,
        d.provenance_rank,
        u.day is not null as is_dust_day
    from {{ ref('int_air_station_day_item') }} as d
    inner join {{ ref('air_items') }} as i on d.item = i.item and i.has_dust_variant
    left join dust_days as u on d.day = u.day
    where d.basis = 'published'
    union all
    select
        f.place_id as site_id,
        'dustfall' as item,
        'dustfall_point' as kind,
        f.period_start as slot,
        f.value as concentration,
        f.provenance_rank,
        coalesce(f.is_dust_month and r.air_dustfall_leaves_dust_months_out = 1, false) as is_dust_day
    from {{ ref('int_air_dustfall') }} as f
    inner join {{ ref('int_air_rules') }} as r on {{ in_force('f.period_start', 'r') }}
    where f.place_kind = 'point' and f.period_kind = 'month' and f.variant = 'dust_included'
),

kinds as (
    {%- for kind, period_kind in [
        ('micro_station', 'week'), ('micro_station', 'month'), ('micro_station', 'quarter'),
        ('dustfall_point', 'month'), ('dustfall_point', 'quarter')
    ] %}
        select
            '{{ kind }}' as kind,
            '{{ period_kind }}' as period_kind
        {% if not loop.last %}
            union all
        {% endif %}
    {% endfor %}
),

months as (
    select distinct
        s.kind,
        s.item,
        k.period_kind,
        s.slot,
        cast(date_trunc('month', s.slot) as date) as month_start
    from slots as s
    inner join kinds as k on s.kind = k.kind
),

starts as (
    select
        *,
        {{ calendar_start('period_kind', 'slot') }} as period_start
    from months
),

spans as (
    select distinct
        kind,
        item,
        period_kind,
        period_start,
        {{ ranking_period_end('period_kind', 'period_start') }} as period_end
    from starts
),

periods as (
    select
        p.*,
        {{ months_between('p.period_start', 'p.period_end + 1') }} as n_months,
        case
            when p.kind = 'dustfall_point' then {{ months_between('p.period_start', 'p.period_end + 1') }}
            else {{ days_in('p.period_start', 'p.period_end') }}
        end as n_slots,
        r.air_month_min_days,
        r.air_february_min_days,
        r.air_area_min_station_share,
        r.air_statistic_decimals,
        r.air_dustfall_decimals,
        f.lateness_allowed_hours,
        l.ranking_week_min_share,
        l.ranking_dustfall_min_share
    from spans as p
    inner join {{ ref('int_air_rules') }} as r on {{ in_force('p.period_end', 'r') }}
    inner join rules as l on {{ in_force('p.period_end', 'l') }}
    inner join {{ ref('feed_cadence') }} as f on f.feed = 'air'
),

by_month as (
    select
        r.site_id,
        r.area_code,
        r.network,
        s.kind,
        s.item,
        t.period_kind,
        t.period_start,
        t.month_start,
        count(s.concentration) as n_valid,
        sum(s.concentration) as value_sum,
        count(case when not s.is_dust_day then s.concentration end) as n_clear,
        sum(case when not s.is_dust_day then s.concentration end) as clear_sum,
        min(s.provenance_rank) as provenance_rank
    from slots as s
    inner join register as r on s.site_id = r.site_id and s.kind = r.kind and {{ in_force('s.slot', 'r') }}
    inner join starts as t on s.kind = t.kind and s.item = t.item and s.slot = t.slot
    group by r.site_id, r.area_code, r.network, s.kind, s.item, t.period_kind, t.period_start, t.month_start
),

by_station as (
    select
        m.site_id,
        m.area_code,
        m.network,
        m.kind,
        m.item,
        m.period_kind,
        m.period_start,
        sum(m.n_valid) as n_valid,
        sum(m.value_sum) as value_sum,
        sum(m.n_clear) as n_clear,
        sum(m.clear_sum) as clear_sum,
        min(m.provenance_rank) as provenance_rank,
        sum(case
            when
                m.n_valid >= case
                    when extract(month from m.month_start) = 2 then p.air_february_min_days
                    else p.air_month_min_days
                end
                then 1
            else 0
        end) as n_months_held
    from by_month as m
    inner join periods as p
        on m.kind = p.kind and m.item = p.item and m.period_kind = p.period_kind and m.period_start = p.period_start
    group by m.site_id, m.area_code, m.network, m.kind, m.item, m.period_kind, m.period_start
),

places as (
    select distinct
        p.*,
        r.site_id,
        r.area_code,
        r.network,
        min({{ provenance_rank('r.provenance') }}) over (
            partition by r.site_id, r.area_code, p.item, p.period_kind, p.period_start
        ) as register_rank
    from periods as p
    inner join register as r
        on p.kind = r.kind and p.period_end >= r.valid_from and (r.valid_to is null or p.period_start <= r.valid_to)
),

stations as (
    select
        p.*,
        coalesce(s.n_valid, 0) as n_valid,
        coalesce(s.n_clear, 0) as n_clear,
        least(p.register_rank, s.provenance_rank) as provenance_rank,
        coalesce(case
            when p.kind = 'dustfall_point' then s.n_valid >= p.ranking_dustfall_min_share * p.n_slots
            when p.period_kind = 'week' then s.n_valid >= p.ranking_week_min_share * p.n_slots
            else s.n_months_held >= p.n_months
        end, false) as is_valid,
        {{ carried_mean('s.value_sum', 's.n_valid') }} as dust_included_mean,
        {{ carried_mean('s.clear_sum', 's.n_clear') }} as dust_excluded_mean
    from places as p
    left join by_station as s
        on
            p.site_id = s.site_id and p.area_code = s.area_code and p.network = s.network and p.item = s.item
            and p.period_kind = s.period_kind and p.period_start = s.period_start
),

series as (
    select
        *,
        'dust_included' as variant,
        n_valid as n_used,
        case when is_valid then dust_included_mean end as station_mean
    from stations
    union all
    select
        *,
        'dust_excluded' as variant,
        n_clear as n_used,
        case when is_valid then dust_excluded_mean end as station_mean
    from stations
),

areas as (
    select
        area_code,
        network,
        kind,
        item,
        variant,
        period_kind,
        period_start,
        period_end,
        count(*) as n_stations,
        count(case when is_valid then 1 end) as n_stations_valid,
        count(station_mean) as n_stations_used,
        sum(station_mean) as mean_sum,
        sum(n_slots) as n_expected,
        sum(n_used) as n_valid,
        min(provenance_rank) as provenance_rank,
        max(air_area_min_station_share) as min_share,
        max(case when kind = 'dustfall_point' then air_dustfall_decimals else air_statistic_decimals end)
            as decimals,
        max(lateness_allowed_hours) as lateness_allowed_hours
    from series
    group by area_code, network, kind, item, variant, period_kind, period_start, period_end
),

judged as (
    select
        *,
        n_stations_used >= min_share * n_stations as is_enough,
        period_end > {{ last_complete_day() }} as is_running,
        {{ hours_after(day_end('period_end'), 'lateness_allowed_hours') }} > {{ as_of() }} as is_awaited
    from areas
)

select
    area_code,
    network,
    kind,
    item,
    variant,
    period_kind,
    period_start,
    period_end,
    case
        when is_enough and not is_running
            then {{ round_even_by(carried_mean('mean_sum', 'n_stations_used'), 'decimals') }}
    end as value,
    n_expected,
    n_valid,
    {{ validity('n_stations_used', 'min_share * n_stations', 'is_running or (is_awaited and not is_enough)') }}
        as validity,
    case
        when is_running then 'the period is not over'
        when is_enough then ''
        when is_awaited then 'values of the period can still arrive'
        when n_stations_valid > n_stations_used and kind = 'dustfall_point'
            then 'a notified dust period touches every month with a result'
        when n_stations_valid > n_stations_used then 'every valid day is a notified dust day'
        else concat(
                'stations with enough valid ', case when kind = 'dustfall_point' then 'months: ' else 'days: ' end,
                n_stations_valid, ' of ', n_stations, '; valid: ', n_valid, ' of ', n_expected
            )
    end as validity_reason,
    {{ provenance_of_rank('provenance_rank') }} as provenance
from judged
