{#-
  District x year (and the year to date) x item: mean and percentile of the daily district values, against the limits of the
  edition. A period that spans two editions has a row for each edition, and one for both added up (mixed_standard), which
  has no verdict.
-#}
select *
from {{ ref('int_air_district_period') }}
where period_kind in ('year', 'year_to_date')
