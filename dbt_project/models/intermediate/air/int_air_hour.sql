{#-
  Reference station x hour, without gaps from its first to its last day: usable 1 h values side by side, and their sums and
  counts from the first hour on, so that a mean over any number of past hours is a difference of two rows. Micro-stations
  are not here.
-#}
{%- set pollutants = ['pm2_5', 'pm10', 'so2', 'no2', 'co', 'o3'] %}
{%- set summed = ['pm2_5', 'pm10', 'so2', 'o3'] %}
with stations as (
    select distinct site_id
    from {{ ref('stg_site_register') }}
    where feed = 'air' and kind = 'station'
),

readings as (
    select
        a.site_id,
        a.day,
        a.hour_label,
        {%- for pollutant in pollutants %}
        max(case when a.parameter = '{{ pollutant }}' and a.is_usable then a.value end) as {{ pollutant }},
        {%- endfor %}
        count(*) as n_received,
        min({{ provenance_rank('a.provenance') }}) as provenance_rank
    from {{ ref('stg_air') }} as a
    inner join stations as s on a.site_id = s.site_id
    where a.parameter in ('{{ pollutants | join("', '") }}')
    group by a.site_id, a.day, a.hour_label
),

spans as (
    select
        site_id,
        min(day) as first_day,
        max(day) as last_day,
        min(provenance_rank) as provenance_rank
    from readings
    group by site_id
),

days as (
    {{ day_series('(select min(first_day) from spans)', '(select max(last_day) from spans)') }}
),

labels as (
    select {{ each_hour_label() }} as hour_label
),

hours as (
    select
        s.site_id,
        d.day,
        l.hour_label,
        {{ hours_after('d.day', 'l.hour_label - 1') }} as period_start,
        {{ hours_after('d.day', 'l.hour_label') }} as period_end,
        s.provenance_rank
    from spans as s
    inner join days as d on s.first_day <= d.day and s.last_day >= d.day
    cross join labels as l
)

select
    h.site_id,
    h.day,
    h.hour_label,
    h.period_start,
    h.period_end,
    row_number() over (partition by h.site_id order by h.period_start) as hour_no,
    {%- for pollutant in pollutants %}
    r.{{ pollutant }},
    {%- endfor %}
    {%- for pollutant in summed %}
    sum(coalesce(r.{{ pollutant }}, 0)) over (
        partition by h.site_id order by h.period_start rows between unbounded preceding and current row
    ) as {{ pollutant }}_sum,
    count(r.{{ pollutant }}) over (
        partition by h.site_id order by h.period_start rows between unbounded preceding and current row
    ) as {{ pollutant }}_n,
    {%- endfor %}
    coalesce(r.n_received, 0) as n_received,
    sum(coalesce(r.n_received, 0)) over (partition by h.site_id, h.day) as n_received_of_day,
    coalesce(r.provenance_rank, h.provenance_rank) as provenance_rank
from hours as h
left join readings as r on h.site_id = r.site_id and h.day = r.day and h.hour_label = r.hour_label
