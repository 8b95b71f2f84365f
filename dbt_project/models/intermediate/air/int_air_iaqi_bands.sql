{#-
  The breakpoint tables of the individual index as bands: a value lies in one band of its table at the most (air_in_band,
  air_iaqi). The band above the top has no bp_high, and as iaqi_low what its table says of such values: null where it
  computes none.
-#}
select
    pollutant,
    averaging,
    valid_from,
    valid_to,
    bp_low,
    bp_high,
    iaqi_low,
    iaqi_high,
    bp_low = min(bp_low) over (partition by pollutant, averaging, valid_from) as is_lowest
from {{ ref('aqi_breakpoints') }}
union all
select
    pollutant,
    averaging,
    valid_from,
    valid_to,
    max(bp_high) as bp_low,
    null as bp_high,
    max(above_top_iaqi) as iaqi_low,
    null as iaqi_high,
    false as is_lowest
from {{ ref('aqi_breakpoints') }}
group by pollutant, averaging, valid_from, valid_to
