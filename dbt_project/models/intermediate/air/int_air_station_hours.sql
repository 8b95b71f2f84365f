{#-
  Station x day x parameter: usable hours, their exact sum and largest value, and the same without suspect readings (sure_…). The only pass over the hourly readings but
  for the running means of ozone.
-#}
{{ config(meta={'by_day': {'reads': {'stg_air': [0, 0]}}}) }}
select
    site_id,
    day,
    parameter,
    count(*) as n_received,
    count(case when is_usable then value end) as n_hours,
    sum(case when is_usable then value end) as value_sum,
    max(case when is_usable then value end) as largest_value,
    count(case when is_usable and is_suspect then value end) as n_suspect,
    sum(case when {{ is_sure() }} then value end) as sure_value_sum,
    max(case when {{ is_sure() }} then value end) as sure_largest_value,
    min({{ provenance_rank('provenance') }}) as provenance_rank
from {{ days_of(ref('stg_air')) }}
where parameter in (select pollutant from {{ ref('air_items') }})
group by site_id, day, parameter
