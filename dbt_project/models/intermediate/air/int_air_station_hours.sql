{#-
  Station x day x parameter: usable hours, their exact sum and largest value, and the same without suspect readings
  (sure_…). Where no hour of the day is usable, what was averaged before it was delivered: the mean of the day, and the
  largest of the 8 h means that end on it (delivered_…). What is made of these bears the provenance `reported` at best.
  The only pass over the hourly readings but for the running means of ozone.
-#}
{{ config(meta={'by_day': {'reads': {'stg_air': [0, 0], 'stg_air_mean': [0, 0]}}}) }}
with hourly as (
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
),

averaged as (
    select
        site_id,
        day,
        parameter,
        count(*) as n_received,
        max(case when is_day then value end) as delivered_mean,
        max(case when is_8h then value end) as delivered_8h,
        count(case when is_8h then value end) as n_delivered_8h,
        count(case when is_suspect then value end) as n_suspect,
        min(least({{ provenance_rank('provenance') }}, {{ provenance_rank("'reported'") }})) as provenance_rank
    from {{ days_of(ref('stg_air_mean')) }}
    where is_usable and (is_day or is_8h) and parameter in (select pollutant from {{ ref('air_items') }})
    group by site_id, day, parameter
)

select
    coalesce(h.site_id, a.site_id) as site_id,
    coalesce(h.day, a.day) as day,
    coalesce(h.parameter, a.parameter) as parameter,
    coalesce(h.n_received, a.n_received) as n_received,
    coalesce(h.n_hours, 0) as n_hours,
    h.value_sum,
    h.largest_value,
    case when h.n_hours > 0 then h.n_suspect else coalesce(a.n_suspect, h.n_suspect) end as n_suspect,
    h.sure_value_sum,
    h.sure_largest_value,
    case when coalesce(h.n_hours, 0) = 0 then a.delivered_mean end as delivered_mean,
    case when coalesce(h.n_hours, 0) = 0 then a.delivered_8h end as delivered_8h,
    case when coalesce(h.n_hours, 0) = 0 then a.n_delivered_8h end as n_delivered_8h,
    case when h.n_hours > 0 then h.provenance_rank else coalesce(a.provenance_rank, h.provenance_rank) end
        as provenance_rank
from hourly as h
full join averaged as a on h.site_id = a.site_id and h.day = a.day and h.parameter = a.parameter
