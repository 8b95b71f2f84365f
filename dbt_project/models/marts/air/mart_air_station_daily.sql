{#-
  Station x day: daily means and ozone maxima where valid, IAQIs, AQI, category and primary pollutant under the edition in
  force that day. Every value has its own verdict, pending while its hours can still arrive; `validity` is that of the
  index alone. Where suspect readings decide whether a value attains its limit or is valid at all, it is indicative.
-#}
{{ config(meta={'by_day': {'reads': {'int_air_day_aqi': [0, 0], 'int_air_day_iaqi': [0, 0]}, 'open_days': 4}}) }}
with measured as (
    {{ air_day_columns('station', 'hours') }}
),

expected as (
    select
        a.*,
        f.lateness_allowed_hours,
        {{ day_end('a.day') }} as day_end
    from {{ days_of(ref('int_air_day_aqi')) }} as a
    inner join {{ ref('feed_cadence') }} as f on f.feed = 'air'
    where a.basis = 'published' and a.place_kind = 'station'
),

judged as (
    select
        *,
        day_end > {{ as_of() }} as is_running,
        {{ hours_after('day_end', 'lateness_allowed_hours') }} > {{ as_of() }} as is_awaited,
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
    {{ air_day_verdicts(
        "a.is_running or (coalesce(d.{item}_validity, 'insufficient') = 'insufficient' and a.is_awaited"
        ~ " and coalesce(d.{item}_received, 0) < " ~ hours_per_day() ~ ")",
        'hours of the day can still arrive'
    ) }},
    {{ air_day_index_verdict('a.is_pending', 'hours of the day can still arrive', 'no valid value', 'hours') }},
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
