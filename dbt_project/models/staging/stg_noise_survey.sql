{#-
  Survey readings of grid points and road segments, all flags; `is_usable` says which of them feed statistics,
  `is_suspect` which are used but doubted.
-#}
select
    site_id,
    parameter,
    survey_kind,
    survey_period,
    period_start,
    period_end,
    cast(period_start as date) as day,
    cast(date_trunc('year', period_start) as date) as year_start,
    value,
    unit,
    flag,
    {{ is_usable() }} and value is not null as is_usable,
    {{ is_suspect() }} as is_suspect,
    provenance
from {{ source('clean', 'clean_noise_survey') }}
