{#-
  District x month, year and year to date: days by AQI category, shares of good and heavy days among the valid days (dust
  kept), composite index. A period that spans two editions has a row for each edition, and one for both added up.
-#}
select
    f.place_id as area_code,
    '{{ sql_text("area_name_zh") }}' as area_name_zh,
    f.period_kind,
    f.period_start,
    f.period_end,
    f.scope_start,
    f.scope_end,
    f.edition,
    f.days_excellent,
    f.days_good,
    f.days_lightly_polluted,
    f.days_moderately_polluted,
    f.days_heavily_polluted,
    f.days_severely_polluted,
    f.good_days_share_pct,
    f.heavy_days_share_pct,
    f.composite_index,
    f.composite_index_validity,
    f.composite_index_reason,
    f.n_expected,
    f.n_valid,
    f.n_suspect,
    f.coverage,
    f.validity,
    f.validity_reason,
    f.standard,
    f.clause,
    f.provenance
from {{ ref('int_air_days_figures') }} as f
where f.place_kind = 'district'
