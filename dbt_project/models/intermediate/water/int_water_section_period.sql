{#-
  Section x product x period with the register entry that applies: the latest one in force during the period.
  Products: realtime (one moment), month, year, year_to_date.
-#}
with periods as (
    select distinct
        period_kind,
        site_id,
        period_start,
        period_end
    from {{ ref('int_water_period_item') }}
),

entries as (
    select
        p.period_kind,
        p.site_id,
        p.period_start,
        p.period_end,
        s.name_zh,
        s.name_en,
        s.network,
        s.area_code,
        s.river_zh,
        s.water_type,
        s.reach_length_km,
        s.class_target,
        s.assessed,
        s.provenance,
        row_number() over (
            partition by p.period_kind, p.site_id, p.period_start order by s.valid_from desc
        ) as entry_place
    from periods as p
    left join {{ ref('stg_site_register') }} as s
        on
            p.site_id = s.site_id and s.feed = 'water'
            and p.period_end >= s.valid_from and (s.valid_to is null or p.period_start <= s.valid_to)
)

select
    period_kind,
    site_id,
    period_start,
    period_end,
    coalesce(name_zh, site_id) as site_name_zh,
    coalesce(name_en, site_id) as site_name_en,
    network,
    area_code,
    river_zh,
    water_type,
    reach_length_km,
    class_target,
    coalesce(assessed, false) as assessed,
    name_zh is not null as is_registered,
    provenance
from entries
where entry_place = 1
