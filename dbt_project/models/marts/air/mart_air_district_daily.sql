{#-
  District x day: concentrations as means of the assessed stations, where enough of them are valid, and the AQI of those
  concentrations (never a mean of AQIs).
-#}
with measured as (
    {{ air_day_columns('district') }}
),

dust as (
    select distinct day from {{ ref('int_air_dust_day') }}
)

select
    a.day,
    a.place_id as area_code,
    '{{ var("area_name_zh") }}' as area_name_zh,
    {{ air_day_result('stations') }},
    case
        when {{ day_end('a.day') }} > {{ as_of() }} then 'pending'
        when a.aqi is not null then 'valid'
        else 'insufficient'
    end as validity,
    case
        when {{ day_end('a.day') }} > {{ as_of() }} then 'the day is not over'
        when a.aqi is null then concat('too few valid stations: ', a.symbols_missing)
        when a.n_items < a.n_items_expected
            then concat('index of the other items, too few valid stations: ', a.symbols_missing)
        else ''
    end as validity_reason,
    a.index_standard as standard,
    concat('AQI of district concentrations; area mean over assessed stations: ', a.statistics_standard) as clause,
    {{ provenance_of_rank('a.provenance_rank') }} as provenance
from {{ ref('int_air_day_aqi') }} as a
inner join measured as d on a.place_id = d.place_id and a.day = d.day
left join dust as u on a.day = u.day
where a.basis = 'published' and a.place_kind = 'district'
