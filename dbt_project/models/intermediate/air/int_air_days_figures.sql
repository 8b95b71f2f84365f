{#-
  Station or district x month, year and year to date x edition: days by AQI category, shares of good and heavy days,
  composite index, as mart_air_district_days and the marts of stations by month and by year publish them.
-#}
select
    s.place_kind,
    s.place_id,
    s.is_pending,
    s.period_kind,
    s.period_start,
    s.period_end,
    s.scope_start,
    s.scope_end,
    s.edition,
    cast(s.n_excellent as bigint) as days_excellent,
    cast(s.n_good as bigint) as days_good,
    cast(s.n_lightly as bigint) as days_lightly_polluted,
    cast(s.n_moderately as bigint) as days_moderately_polluted,
    cast(s.n_heavily as bigint) as days_heavily_polluted,
    cast(s.n_severely as bigint) as days_severely_polluted,
    cast(s.good_days_share as decimal(9, 4)) as good_days_share_pct,
    cast(s.heavy_days_share as decimal(9, 4)) as heavy_days_share_pct,
    cast(s.composite_index as decimal(9, 4)) as composite_index,
    s.composite_validity as composite_index_validity,
    s.composite_reason as composite_index_reason,
    cast(s.n_expected as bigint) as n_expected,
    cast(s.n_valid as bigint) as n_valid,
    cast(s.n_suspect as bigint) as n_suspect,
    {{ coverage('s.n_valid', 's.n_expected') }} as coverage,
    s.validity,
    s.validity_reason,
    s.index_standard as standard,
    'table 2: days by AQI category; validity by table 4 of GB 3095' as clause,
    {{ provenance_of_rank('s.provenance_rank') }} as provenance
from {{ ref('int_air_period_days') }} as s
where s.basis = 'published'
