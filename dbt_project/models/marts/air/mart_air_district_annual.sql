{#-
  District x year (and the year to date) x item: mean and percentile of the daily district values, against the limits of the
  edition. A period that spans two editions has a row for each edition, and one for both added up (mixed_standard), which
  has no verdict.
-#}
select
    area_code,
    area_name_zh,
    period_kind,
    period_start,
    period_end,
    scope_start,
    scope_end,
    edition,
    item,
    item_zh,
    unit,
    variant,
    mean_value,
    percentile,
    percentile_value,
    mean_of_available_days,
    annual_limit,
    daily_limit,
    attains_limits,
    n_dust_days_left_out,
    n_months_held,
    n_expected,
    n_valid,
    n_suspect,
    coverage,
    validity,
    validity_reason,
    standard,
    clause,
    provenance
from {{ ref('int_air_district_period') }}
where period_kind in ('year', 'year_to_date')
