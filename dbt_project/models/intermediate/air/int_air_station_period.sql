{#-
  Station x month, year and year to date x edition: means and percentiles of the items (the series with dust), days by AQI
  category, both with validity, as mart_air_station_monthly and mart_air_station_annual publish them. An item whose days
  do not suffice is null; its days and the mean over them are next to it, never in its place. n_valid, coverage and
  validity are those of the AQI days. The register's entry is the latest one that the period meets.
-#}
{%- set items = ['pm2_5', 'pm10', 'so2', 'no2', 'co', 'o3_8h'] %}
with side_by_side as (
    select
        place_id,
        period_kind,
        period_start,
        edition,
        {%- for item in items %}
            max(case when item = '{{ item }}' then mean_rounded end) as {{ item }}_mean,
            max(case when item = '{{ item }}' then percentile_rounded end) as {{ item }}_percentile,
            max(case when item = '{{ item }}' then mean_value end) as {{ item }}_mean_of_available_days,
            max(case when item = '{{ item }}' then n_valid end) as {{ item }}_days,
            max(case when item = '{{ item }}' then validity end) as {{ item }}_validity,
            max(case when item = '{{ item }}' then validity_reason end) as {{ item }}_reason,
        {%- endfor %}
        {{ joined("case when validity <> 'valid' then concat(symbol, ' ', validity) end", '; ', 'sort_order') }}
            as items_not_valid
    from {{ ref('int_air_period_assessed') }}
    where basis = 'published' and place_kind = 'station' and variant = 'dust_included'
    group by place_id, period_kind, period_start, edition
),

entries as (
    select
        p.place_id,
        p.period_kind,
        p.period_start,
        p.edition,
        e.name_zh,
        e.name_en,
        e.kind,
        e.network,
        e.area_code,
        e.assessed,
        row_number() over (
            partition by p.place_id, p.period_kind, p.period_start, p.edition order by e.valid_from desc
        ) as entry_place
    from {{ ref('int_air_days_figures') }} as p
    inner join {{ ref('stg_site_register') }} as e
        on
            p.place_id = e.site_id and e.feed = 'air'
            and p.scope_end >= e.valid_from and (e.valid_to is null or p.scope_start <= e.valid_to)
    where p.place_kind = 'station'
)

select
    s.place_id as site_id,
    coalesce(e.name_zh, s.place_id) as site_name_zh,
    coalesce(e.name_en, s.place_id) as site_name_en,
    e.kind as site_kind,
    e.network,
    e.area_code,
    {{ area_name('e.area_code', 'g.name_zh') }} as area_name_zh,
    coalesce(e.assessed, false) as assessed,
    i.pm2_5_mean as pm2_5_mean_ug_m3,
    i.pm10_mean as pm10_mean_ug_m3,
    i.so2_mean as so2_mean_ug_m3,
    i.no2_mean as no2_mean_ug_m3,
    i.co_percentile as co_p95_mg_m3,
    i.o3_8h_percentile as o3_8h_p90_ug_m3,
    cast(i.pm2_5_mean_of_available_days as decimal(18, 6)) as pm2_5_mean_of_available_days_ug_m3,
    cast(i.pm10_mean_of_available_days as decimal(18, 6)) as pm10_mean_of_available_days_ug_m3,
    cast(i.so2_mean_of_available_days as decimal(18, 6)) as so2_mean_of_available_days_ug_m3,
    cast(i.no2_mean_of_available_days as decimal(18, 6)) as no2_mean_of_available_days_ug_m3,
    {%- for item in items %}
        cast(i.{{ item }}_days as bigint) as {{ item }}_days,
    {%- endfor %}
    {%- for item in items %}
        coalesce(i.{{ item }}_validity, case when s.is_pending then 'pending' else 'insufficient' end)
            as {{ item }}_validity,
        coalesce(
            i.{{ item }}_reason, case when s.is_pending then 'the period is not over' else 'no valid day' end
        ) as {{ item }}_reason,
    {%- endfor %}
    coalesce(i.items_not_valid, '') as items_not_valid,
    {{ all_but('s', ['place_kind', 'place_id', 'is_pending']) }}
from {{ ref('int_air_days_figures') }} as s
left join side_by_side as i
    on
        s.place_id = i.place_id and s.period_kind = i.period_kind
        and s.period_start = i.period_start and s.edition = i.edition
left join entries as e
    on
        s.place_id = e.place_id and s.period_kind = e.period_kind
        and s.period_start = e.period_start and s.edition = e.edition and e.entry_place = 1
left join {{ ref('stg_area_name') }} as g on e.area_code = g.area_code
where s.place_kind = 'station'
