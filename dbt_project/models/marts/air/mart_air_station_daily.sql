{#-
  Station x day: daily means and ozone maxima where valid, IAQIs, AQI, category and primary pollutant under the edition in
  force that day. A day is pending while its hours can still arrive.
-#}
with measured as (
    {{ air_day_columns('station') }}
),

expected as (
    select
        a.*,
        f.lateness_allowed_hours,
        {{ day_end('a.day') }} as day_end
    from {{ ref('int_air_day_aqi') }} as a
    inner join {{ ref('feed_cadence') }} as f on f.feed = 'air'
    where a.basis = 'published' and a.place_kind = 'station'
),

judged as (
    select
        *,
        day_end > {{ as_of() }}
        or aqi is null and ({{ still_arriving('day_end', 'n_received', 'n_expected') }}) as is_pending
    from expected
),

dust as (
    select distinct day from {{ ref('int_air_dust_day') }}
)

select
    a.day,
    a.place_id as site_id,
    coalesce(s.name_zh, a.place_id) as site_name_zh,
    coalesce(s.name_en, a.place_id) as site_name_en,
    s.kind as site_kind,
    s.network,
    s.area_code,
    {{ area_name('s.area_code', 'g.name_zh') }} as area_name_zh,
    coalesce(s.assessed, false) as assessed,
    {{ air_day_result('hours') }},
    d.o3_8h_window_end,
    case when a.is_pending then 'pending' when a.aqi is not null then 'valid' else 'insufficient' end as validity,
    case
        when a.is_pending then 'hours of the day can still arrive'
        when a.aqi is null then concat('no valid value: ', a.symbols_missing)
        when a.n_items < a.n_items_expected
            then concat('index of the other items, no valid value: ', a.symbols_missing)
        else ''
    end as validity_reason,
    a.index_standard as standard,
    concat(
        'AQI of daily items; means: table 4 of ', a.limits_standard, '; rounding and ozone 8 h: ', a.statistics_standard
    ) as clause,
    {{ provenance_of_rank('a.provenance_rank') }} as provenance
from judged as a
inner join measured as d on a.place_id = d.place_id and a.day = d.day
left join {{ ref('stg_site_register') }} as s
    on a.place_id = s.site_id and s.feed = 'air' and {{ in_force('a.day', 's') }}
left join dust as u on a.day = u.day
left join {{ ref('district_areas') }} as g on s.area_code = g.area_code
