{#-
  Energy readings by series and period, the one pass over them that months, years and hints share: readings inside one
  day are added up to the day, longer ones stay as they are. `amount` and `minutes` count usable readings only.
-#}
with readings as (
    select
        *,
        cast(date_trunc('day', period_start) as timestamp) as day_start,
        {{ minutes_between('period_start', 'period_end') }} as minutes
    from {{ ref('int_energy_reading') }}
),

placed as (
    select
        *,
        period_end <= day_start + interval 1 day as is_day
    from readings
)

select
    site_id,
    carrier,
    flow,
    sector,
    metering,
    case when is_day then day_start else period_start end as period_start,
    case when is_day then day_start + interval 1 day else period_end end as period_end,
    is_day,
    min(month) as month,
    min(year_start) as year_start,
    min(unit) as unit,
    sum(case when is_usable then amount end) as amount,
    cast(coalesce(sum(case when is_usable then minutes end), 0) as bigint) as minutes,
    count(*) as n_readings,
    sum(case when is_usable then 1 else 0 end) as n_usable,
    sum(case when is_usable and flag = {{ suspect_flag() }} then 1 else 0 end) as n_suspect,
    {{ least_provenance('case when is_usable then provenance end') }} as provenance_of_usable,
    {{ least_provenance('provenance') }} as provenance
from placed
group by
    site_id, carrier, flow, sector, metering, is_day,
    case when is_day then day_start else period_start end,
    case when is_day then day_start + interval 1 day else period_end end
