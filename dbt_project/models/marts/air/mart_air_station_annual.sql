{#-
  Station x year, and the year to date: means and percentiles of the items, days by AQI category, both with validity. An
  item whose days do not suffice is null; its days and the mean over them stand beside it, never in its place. Coverage
  and validity are those of the AQI days.
-#}
with items as (
    {{ air_period_columns('station') }}
),

entries as (
    select
        p.place_id,
        p.period_kind,
        p.period_start,
        p.edition,
        s.name_zh,
        s.name_en,
        s.kind,
        s.network,
        s.area_code,
        s.assessed,
        row_number() over (
            partition by p.place_id, p.period_kind, p.period_start, p.edition order by s.valid_from desc
        ) as entry_place
    from {{ ref('int_air_period_days') }} as p
    inner join {{ ref('stg_site_register') }} as s
        on
            p.place_id = s.site_id and s.feed = 'air'
            and p.scope_end >= s.valid_from and (s.valid_to is null or p.scope_start <= s.valid_to)
    where p.basis = 'published'
)

select
    s.place_id as site_id,
    coalesce(e.name_zh, s.place_id) as site_name_zh,
    coalesce(e.name_en, s.place_id) as site_name_en,
    e.kind as site_kind,
    e.network,
    e.area_code,
    coalesce(e.assessed, false) as assessed,
    s.period_kind,
    s.period_start,
    s.period_end,
    s.scope_start,
    s.scope_end,
    s.edition,
    i.pm2_5_mean_ug_m3,
    i.pm10_mean_ug_m3,
    i.so2_mean_ug_m3,
    i.no2_mean_ug_m3,
    i.co_p95_mg_m3,
    i.o3_8h_p90_ug_m3,
    cast(i.pm2_5_mean_of_available_days_ug_m3 as decimal(18, 6)) as pm2_5_mean_of_available_days_ug_m3,
    cast(i.pm10_mean_of_available_days_ug_m3 as decimal(18, 6)) as pm10_mean_of_available_days_ug_m3,
    cast(i.so2_mean_of_available_days_ug_m3 as decimal(18, 6)) as so2_mean_of_available_days_ug_m3,
    cast(i.no2_mean_of_available_days_ug_m3 as decimal(18, 6)) as no2_mean_of_available_days_ug_m3,
    cast(i.pm2_5_days as bigint) as pm2_5_days,
    cast(i.pm10_days as bigint) as pm10_days,
    cast(i.so2_days as bigint) as so2_days,
    cast(i.no2_days as bigint) as no2_days,
    cast(i.co_days as bigint) as co_days,
    cast(i.o3_8h_days as bigint) as o3_8h_days,
    coalesce(i.items_not_valid, '') as items_not_valid,
    {{ air_days_result() }},
    {{ provenance_of_rank('s.provenance_rank') }} as provenance
from {{ ref('int_air_period_days') }} as s
left join items as i
    on
        s.place_id = i.place_id and s.period_kind = i.period_kind
        and s.period_start = i.period_start and s.edition = i.edition
left join entries as e
    on
        s.place_id = e.place_id and s.period_kind = e.period_kind
        and s.period_start = e.period_start and s.edition = e.edition and e.entry_place = 1
where s.basis = 'published' and s.place_kind = 'station' and s.period_kind in ('year', 'year_to_date')
