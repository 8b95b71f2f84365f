{#-
  District x month, year and year to date: days by AQI category, shares of good and heavy days among the valid days (dust
  kept), composite index. A period that spans two editions has a row for each edition, and one for both added up.
-#}
select
    f.place_id as area_code,
    '{{ sql_text("area_name_zh") }}' as area_name_zh,
    {{ all_but('f', ['place_kind', 'place_id', 'is_pending']) }}
from {{ ref('int_air_days_figures') }} as f
where f.place_kind = 'district'
