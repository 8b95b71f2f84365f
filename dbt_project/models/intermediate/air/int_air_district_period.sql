{#-
  District x month, year and year to date x item: mean and percentile of the daily district values, against the limits of
  the edition, as mart_air_district_monthly and mart_air_district_annual publish them. A period that spans two editions
  has a row for each edition, and one for both added up (mixed_standard), which has no verdict.
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
    s.item,
    s.item_zh,
    s.unit,
    s.variant,
    cast(s.mean_rounded as decimal(18, 6)) as mean_value,
    cast(s.percentile as bigint) as percentile,
    cast(s.percentile_rounded as decimal(18, 6)) as percentile_value,
    s.mean_value as mean_of_available_days,
    cast(s.annual_limit as decimal(18, 6)) as annual_limit,
    cast(s.daily_limit as decimal(18, 6)) as daily_limit,
    s.attains_limits,
    cast(s.n_dust_days_left_out as bigint) as n_dust_days_left_out,
    cast(s.n_months_held as bigint) as n_months_held,
    cast(s.n_expected as bigint) as n_expected,
    cast(s.n_valid as bigint) as n_valid,
    cast(s.n_suspect as bigint) as n_suspect,
    {{ coverage('s.n_valid', 's.n_expected') }} as coverage,
    s.validity,
    s.validity_reason,
    s.limits_standard as standard,
    concat('table 1, Grade II; validity: table 4; ', s.statistics_standard) as clause,
    {{ provenance_of_rank('s.provenance_rank') }} as provenance
from {{ ref('int_air_period_assessed') }} as s
where s.basis = 'published' and s.place_kind = 'district'
