{#-
  Station x month: means and percentiles of the items, days by AQI category, both with validity. An item whose days do not
  suffice is null; its days and the mean over them are next to it, never in its place. Each item and the composite index
  have their own verdict; n_valid, coverage and validity are those of the AQI days. A month that spans two editions has
  a row for each of them, and one for both added up (mixed_standard).
-#}
select *
from {{ ref('int_air_station_period') }}
where period_kind = 'month'
