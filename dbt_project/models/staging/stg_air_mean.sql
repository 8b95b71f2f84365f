{#-
  Air readings that were averaged before they were delivered: means of a day, running means of 24 h and of 8 h. `method`
  says so. A 24 h mean is one of its day where it begins with it; the day of an 8 h mean is the one that it begins in.
-#}
{{ config(meta={'by_day': {'reads': {'clean_air': [0, 0]}}}) }}
select
    site_id,
    parameter,
    cast(period_start as date) as day,
    period_start,
    period_end,
    period_start = date_trunc('day', period_start) and period_end = period_start + interval 1 day as is_day,
    period_end = period_start + interval 8 hour as is_8h,
    'as_delivered' as method,
    value,
    unit,
    flag,
    {{ is_usable() }} as is_usable,
    {{ is_suspect() }} as is_suspect,
    provenance
from {{ source('clean', 'clean_air') }}
where period_end - period_start > interval 1 hour
