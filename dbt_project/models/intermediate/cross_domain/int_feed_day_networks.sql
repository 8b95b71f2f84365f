{#-
  Readings of declared networks by series and day, as data health counts them: at the cadence of the network up to a day,
  else once a month, quarter or year; nobody can say how often those of half a month and half a year come.
-#}
{{ config(meta={'by_day': {'reads': {'stg_network': [0, 0]}}}) }}
with counted as (
    select
        r.network_id,
        r.site_id,
        r.parameter,
        -- Each nozzle, sample or taxon is a series of its own.
        concat_ws(
            '/', nullif(r.method, ''), r.statistic, nullif(r.fraction, ''), nullif(r.sample, ''), nullif(r.taxon, '')
        ) as kind,
        case when n.cadence_minutes is null then r.delivery_id else '' end as delivery_id,
        r.day,
        min(r.period_start) as first_start,
        max(r.period_end) as last_end,
        max({{ minutes_between('r.period_start', 'r.period_end') }}) as longest_minutes,
        min({{ provenance_rank('r.provenance') }}) as provenance_rank,
        count(*) as readings_present,
        count(case when r.is_usable and r.value is not null then 1 end) as readings_used,
        count(case when r.flag = {{ suspect_flag() }} then 1 end) as readings_suspect,
        count(case when r.flag = {{ fail_flag() }} then 1 end) as readings_failed,
        count(case when r.flag = {{ missing_flag() }} then 1 end) as readings_missing
    from {{ days_of(ref('stg_network')) }} as r
    inner join {{ source('clean', 'declared_network') }} as n on r.network_id = n.network_id
    group by
        r.network_id, r.site_id, r.parameter, r.method, r.statistic, r.fraction, r.sample, r.taxon,
        case when n.cadence_minutes is null then r.delivery_id else '' end, r.day
)

select
    c.network_id as feed,
    concat('network_', c.network_id) as table_name,
    c.site_id,
    c.parameter,
    c.kind,
    c.delivery_id,
    c.day,
    case
        when n.cadence_minutes is not null then 'day'
        when n.cadence in ('month', 'quarter', 'year') then n.cadence
        else 'none'
    end as rhythm,
    cast(n.cadence_minutes as bigint) as step_minutes,
    n.cadence_minutes is not null as is_dated,
    c.first_start,
    c.last_end,
    case when n.cadence_minutes is null then c.longest_minutes end as longest_minutes,
    c.provenance_rank,
    c.readings_present,
    c.readings_used,
    c.readings_suspect,
    c.readings_failed,
    c.readings_missing
from counted as c
inner join {{ source('clean', 'declared_network') }} as n on c.network_id = n.network_id
