{#-
  Reference station x day, without gaps from its first to its last day of readings: how many there are on the day, and the
  least trustworthy provenance of the station.
-#}
{{ config(meta={'by_day': {'reads': {}}}) }}
with stations as (
    select distinct site_id
    from {{ ref('stg_site_register') }}
    where feed = 'air' and kind = 'station'
),

received as (
    select
        h.site_id,
        h.day,
        sum(h.n_received) as n_received,
        min(h.provenance_rank) as provenance_rank
    from {{ ref('int_air_station_hours') }} as h
    inner join stations as s on h.site_id = s.site_id
    group by h.site_id, h.day
),

spans as (
    select
        site_id,
        min(day) as first_day,
        max(day) as last_day,
        min(provenance_rank) as provenance_rank
    from received
    group by site_id
),

days as (
    select d.day
    from ({{ day_series('(select min(first_day) from spans)', '(select max(last_day) from spans)') }}) as d
)

select
    s.site_id,
    d.day,
    coalesce(r.n_received, 0) as n_received,
    s.provenance_rank
from spans as s
inner join days as d on s.first_day <= d.day and s.last_day >= d.day
left join received as r on s.site_id = r.site_id and d.day = r.day
