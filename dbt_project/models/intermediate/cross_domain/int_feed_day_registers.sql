{#-
  Cases of declared registers by day of opening, as data health counts them: a register is one series, because cases come
  as they come and many of them have no site. A simulated one says so, as its sites do.
-#}
select
    register_id as feed,
    concat('register_', register_id) as table_name,
    concat(case when provenance = 'simulated' then 'SIM-' else '' end, register_id) as site_id,
    'amount' as parameter,
    '' as kind,
    '' as delivery_id,
    opened_on as day,
    'none' as rhythm,
    cast(null as bigint) as step_minutes,
    false as is_dated,
    min(cast(opened_on as timestamp)) as first_start,
    max(cast(opened_on as timestamp)) as last_end,
    cast(null as bigint) as longest_minutes,
    min({{ provenance_rank('provenance') }}) as provenance_rank,
    count(*) as readings_present,
    count(amount) as readings_used,
    cast(0 as bigint) as readings_suspect,
    cast(0 as bigint) as readings_failed,
    count(*) - count(amount) as readings_missing
from {{ ref('stg_case') }}
group by register_id, provenance, opened_on
