{#-
  Usable readings of one hour on days of a station whose largest value is above the 1 h limit of the day: all hours of
  such a day, because an event counts the hours between. No micro-stations. Not here: events (mart_air_exceedances).
-#}
{{ config(meta={'by_day': {'reads': {'int_air_station_hours': [0, 0], 'stg_air': [0, 0]}}}) }}
with reference_stations as (
    select distinct
        site_id,
        valid_from,
        valid_to
    from {{ ref('stg_site_register') }}
    where feed = 'air' and kind = 'station'
),

high_days as (
    select distinct
        h.site_id,
        h.day,
        h.parameter
    from {{ days_of(ref('int_air_station_hours')) }} as h
    inner join {{ ref('int_air_rules') }} as r on {{ in_force('h.day', 'r') }}
    inner join {{ ref('gb3095_limits') }} as l
        on
            h.parameter = l.pollutant and l.averaging = '1h' and r.air_attainment_grade = l.grade
            and {{ in_force('h.day', 'l') }}
    inner join reference_stations as s on h.site_id = s.site_id and {{ in_force('h.day', 's') }}
    where h.largest_value > l.limit_value
)

select
    a.site_id,
    a.parameter,
    a.day,
    a.period_start,
    a.period_end,
    a.value,
    a.is_suspect,
    a.provenance
from {{ days_of(ref('stg_air')) }} as a
inner join high_days as h on a.site_id = h.site_id and a.day = h.day and a.parameter = h.parameter
where a.is_usable
