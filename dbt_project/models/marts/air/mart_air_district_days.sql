{#-
  District x month, year and year to date: days by AQI category, shares of good and heavy days among the valid days (dust
  kept), composite index. A period that spans two editions stands once per edition and once added up.
-#}
select
    s.place_id as area_code,
    '{{ sql_text("area_name_zh") }}' as area_name_zh,
    s.period_kind,
    s.period_start,
    s.period_end,
    s.scope_start,
    s.scope_end,
    s.edition,
    {{ air_days_result() }},
    {{ provenance_of_rank('s.provenance_rank') }} as provenance
from {{ ref('int_air_period_days') }} as s
where s.basis = 'published' and s.place_kind = 'district'
