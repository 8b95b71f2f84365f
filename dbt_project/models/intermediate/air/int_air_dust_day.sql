{#-
  Area x day touched by an officially notified dust period. The series without dust leaves these days out; nothing else
  ever removes a day (the 2x rule on hourly PM10 only proposes candidates).
-#}
select distinct
    p.area_code,
    d.day
from {{ ref('stg_dust_period') }} as p
inner join (select distinct day from {{ ref('int_air_station_hours') }}) as d
    on p.first_day <= d.day and p.last_day >= d.day
where p.is_usable
