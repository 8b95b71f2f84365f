{#-
  Section x period with the register entry that applies, the latest one in force during the period. Sections of the
  register are here with and without values, so that dry and unmonitored ones can be counted; so do sites with values
  that the register does not know (is_registered is false).
-#}
with entries as (
    select
        p.period_kind,
        p.period_start,
        s.*,
        row_number() over (
            partition by p.period_kind, s.site_id, p.period_start order by s.valid_from desc
        ) as entry_place
    from {{ ref('int_water_period') }} as p
    inner join {{ ref('stg_site_register') }} as s
        on
            s.feed = 'water'
            and p.period_end >= s.valid_from and (s.valid_to is null or p.period_start <= s.valid_to)
),

sections as (
    select
        period_kind,
        period_start,
        site_id
    from entries
    union distinct
    select
        period_kind,
        period_start,
        site_id
    from {{ ref('int_water_period_item') }}
)

select
    c.period_kind,
    c.site_id,
    c.period_start,
    p.period_end,
    p.is_pending,
    p.n_months_expected,
    p.n_months_min,
    p.n_months_valid,
    coalesce(s.name_zh, c.site_id) as site_name_zh,
    coalesce(s.name_en, c.site_id) as site_name_en,
    s.kind,
    s.network,
    s.area_code,
    s.river_zh,
    s.water_type,
    s.reach_length_km,
    s.class_target,
    coalesce(s.assessed, false) as assessed,
    s.site_id is not null as is_registered,
    s.provenance
from sections as c
inner join {{ ref('int_water_period') }} as p on c.period_kind = p.period_kind and c.period_start = p.period_start
left join entries as s
    on c.period_kind = s.period_kind and c.period_start = s.period_start and c.site_id = s.site_id and s.entry_place = 1
