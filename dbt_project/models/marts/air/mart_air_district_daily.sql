{#-
  District x day: concentrations as means of the assessed stations, where enough of them are valid, and the AQI of those
  concentrations (never a mean of AQIs). Every value has its own verdict; `validity` is that of the index alone. Where
  suspect readings decide whether a value attains its limit or is valid at all, it is indicative.
-#}
with measured as (
    {{ air_day_columns('district', 'stations') }}
),

dust as (
    select distinct day from {{ ref('int_air_dust_day') }}
)

select
    a.day,
    a.place_id as area_code,
    '{{ sql_text("area_name_zh") }}' as area_name_zh,
    {{ air_day_result('stations') }},
    {{ air_day_verdicts(day_end('a.day') ~ ' > ' ~ as_of(), 'the day is not over') }},
    {{ air_day_index_verdict(
        day_end('a.day') ~ ' > ' ~ as_of(), 'the day is not over', 'too few valid stations', 'station values'
    ) }},
    a.index_standard as standard,
    concat('AQI of district concentrations; area mean over assessed stations: ', a.statistics_standard) as clause,
    {{ provenance_of_rank('a.provenance_rank') }} as provenance
from {{ ref('int_air_day_aqi') }} as a
inner join measured as d on a.place_id = d.place_id and a.day = d.day
left join dust as u on a.day = u.day
where a.basis = 'published' and a.place_kind = 'district'
