{#-
  District x month x item: mean and percentile of the daily district values, against the limits of the
  edition. A period that spans two editions has a row for each edition, and one for both added up (mixed_standard), which
  has no verdict.
-#}
select
    p.period_start as month_start,
    p.period_end as month_end,
    {{ all_but('p', ['period_kind', 'period_start', 'period_end', 'scope_start', 'scope_end']) }}
from {{ ref('int_air_district_period') }} as p
where p.period_kind = 'month'
