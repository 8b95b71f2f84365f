{#-
  Area x day touched by an officially notified dust period. The series without dust leaves these days out; nothing else
  ever removes a day (the 2x rule on hourly PM10 only proposes candidates).
-#}
with days as (
    select distinct day
    from {{ ref('int_air_station_hours') }}
)

select distinct
    p.area_code,
    d.day
from {{ ref('stg_dust_period') }} as p
inner join days as d
    on p.first_day <= d.day and p.last_day >= d.day
where p.is_usable
