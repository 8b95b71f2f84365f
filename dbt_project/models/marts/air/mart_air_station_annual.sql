{#-
  Station x year, and the year to date: means and percentiles of the items, days by AQI category, both with validity. An
  item whose days do not suffice is null; its days and the mean over them are next to it, never in its place. Each item and
  the composite index have their own verdict; n_valid, coverage and validity are those of the AQI days.
-#}
select *
from {{ ref('int_air_station_period') }}
where period_kind in ('year', 'year_to_date')
