{#-
  Exceedances of ambient air limits as events: 1 h of SO2, NO2, CO and O3; 24 h of SO2, NO2, CO and particles; the daily
  maximum 8 h of O3. Each valid value is rounded first by the rule of its day (HJ 633, 4.2.2), so that a day exceeds
  exactly where its IAQI is above 100, and is held against the limit of the same averaging time in force that day; equal
  is not an exceedance. Reference stations only: a micro-sensor is not a basis for an exceedance, nor is a site whose
  kind the register does not know. An hour whose reading is flagged suspect is a hint: that reading comes first. So is a
  day that would not exceed without its suspect readings.
-#}
{%- set compared = [
    ('attainment', 'd.attains', 'd.sure_attains'),
    ('validity', '(d.concentration is null)', '(d.sure_concentration is null)')
] %}
with limits as (
    select
        l.pollutant,
        l.averaging,
        l.limit_value,
        l.unit,
        case l.grade when 1 then 'Grade I' when 2 then 'Grade II' end as limit_text,
        l.standard,
        l.clause,
        greatest(l.valid_from, r.valid_from) as valid_from,
        least(coalesce(l.valid_to, r.valid_to), coalesce(r.valid_to, l.valid_to)) as valid_to,
        case l.pollutant when 'co' then r.air_index_input_decimals_co else r.air_index_input_decimals end as decimals
    from {{ ref('gb3095_limits') }} as l
    inner join {{ ref('int_air_rules') }} as r
        on
            l.grade = r.air_attainment_grade
            and (r.valid_to is null or l.valid_from <= r.valid_to)
            and (l.valid_to is null or l.valid_to >= r.valid_from)
),

reference_stations as (
    select distinct
        site_id,
        valid_from,
        valid_to
    from {{ ref('stg_site_register') }}
    where feed = 'air' and kind = 'station'
),

last_complete as (
    select
        least(max(day), {{ last_complete_day() }}) as day_start,
        least({{ day_end('max(day)') }}, date_trunc('hour', {{ as_of() }})) - interval 1 hour as hour_start
    from {{ ref('int_air_station_hours') }}
),

-- The name of the pollutant itself: that of ozone as an item of the day names its averaging time.
names as (
    select
        pollutant,
        replace(name_zh, '日最大8小时', '') as name_zh
    from {{ ref('air_items') }}
    where in_index
),

-- A day without a suspect reading is decided by none.
days as (
    select
        d.*,
        d.n_suspect > 0 and {{ suspects_decide(compared) }} as is_hint,
        {{ suspects_reason('d.n_suspect', 'hours', compared) }} as suspects
    from {{ ref('int_air_day_item') }} as d
    where d.basis = 'published' and d.place_kind = 'station' and d.concentration is not null
),

measured as (
    select
        case when d.is_hint then 'hint' else 'exceedance' end as kind,
        d.place_id as site_id,
        d.pollutant,
        i.limit_averaging,
        case when d.is_hint then 'day' else i.limit_averaging end as averaging,
        d.day,
        cast(d.day as timestamp) as period_start,
        {{ day_end('d.day') }} as period_end,
        d.concentration as value,
        d.n_valid as readings,
        i.name_zh as parameter_zh,
        case when d.is_hint then d.suspects else '' end as reason,
        c.day_start as last_complete_start,
        {{ provenance_of_rank('d.provenance_rank') }} as provenance
    from days as d
    inner join {{ ref('air_items') }} as i on d.item = i.item
    cross join last_complete as c
    where i.averaging <> '1h'
    union all
    select
        case when a.is_suspect then 'hint' else 'exceedance' end as kind,
        a.site_id,
        a.parameter as pollutant,
        '1h' as limit_averaging,
        case when a.is_suspect then 'hour' else '1h' end as averaging,
        a.day,
        a.period_start,
        a.period_end,
        a.value,
        1 as readings,
        i.name_zh as parameter_zh,
        case when a.is_suspect then 'the peak reading is flagged suspect: check it first' else '' end as reason,
        c.hour_start as last_complete_start,
        a.provenance
    from {{ ref('int_air_high_hours') }} as a
    inner join names as i on a.parameter = i.pollutant
    cross join last_complete as c
),

periods as (
    select
        m.kind,
        m.site_id,
        m.pollutant as parameter,
        m.parameter_zh,
        m.averaging,
        m.period_start,
        m.period_end,
        {{ round_even_by('m.value', 'l.decimals') }} > l.limit_value as exceeds,
        {{ round_even_by('m.value', 'l.decimals') }} as value,
        {{ round_even_by('m.value', 'l.decimals') }} as badness,
        l.unit,
        l.limit_value,
        l.limit_text,
        m.kind = 'exceedance' as has_multiple,
        m.readings,
        m.last_complete_start,
        m.reason,
        l.standard,
        concat(l.clause, ', ', l.limit_text, ', ', l.averaging) as clause,
        m.provenance
    from measured as m
    inner join limits as l
        on m.pollutant = l.pollutant and m.limit_averaging = l.averaging and {{ in_force('m.day', 'l') }}
    inner join reference_stations as s on m.site_id = s.site_id and {{ in_force('m.day', 's') }}
)

-- To events (macros/events.sql): periods of one site, parameter and limit with at most event_gap_<averaging> others
-- between them are one event; the largest badness is its peak.
{{ events_from('periods', 'air') }}
