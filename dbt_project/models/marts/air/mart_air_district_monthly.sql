{#-
  District x month x item: mean and percentile of the daily district values, against the limits of the
  edition. A period that spans two editions has a row for each edition, and one for both added up (mixed_standard), which
  has no verdict.
-#}
select
    p.period_start,
    p.period_end,
    p.area_code,
    p.area_name_zh,
    p.edition,
    p.item,
    p.item_zh,
    p.unit,
    p.variant,
    p.mean_value,
    p.percentile,
    p.percentile_value,
    p.mean_of_available_days,
    p.annual_limit,
    p.daily_limit,
    p.attains_limits,
    p.n_dust_days_left_out,
    p.n_months_held,
    p.n_expected,
    p.n_valid,
    p.n_suspect,
    p.coverage,
    p.validity,
    p.validity_reason,
    p.standard,
    p.clause,
    p.provenance
from {{ ref('int_air_district_period') }} as p
where p.period_kind = 'month'
