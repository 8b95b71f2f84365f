{#-
  Station x day: daily means and ozone maxima where valid, IAQIs, AQI, category and primary pollutant under the edition in
  force that day. Every value has its own verdict, pending while its hours can still arrive; `validity` is that of the
  index alone. Where suspect readings decide whether a value attains its limit or is valid at all, it is indicative.
-#}
{#- Built by changed days (macros/by_day.sql): days_of() reads only those. It changes no figure. -#}
{{ config(meta={'by_day': {'reads': {'int_air_day_aqi': [0, 0], 'int_air_day_iaqi': [0, 0]}, 'open_days': 4}}) }}
{%- set items = ['pm2_5', 'pm10', 'so2', 'no2', 'co', 'o3_8h', 'o3_1h'] %}
{%- set item_compared = [
    ('attainment', 'attains', 'sure_attains'),
    ('validity', '(concentration is null)', '(sure_concentration is null)')
] %}
{%- set index_compared = [
    ('category', 'j.category', 'j.sure_category'), ('validity', '(j.aqi is null)', '(j.sure_aqi is null)')
] %}
with item_days as (
    select
        *,
        case
            when concentration is not null and n_valid = 0 then 'indicative'
            else {{ validity_without_suspects(
                "case when concentration is null then 'insufficient' else 'valid' end", item_compared
            ) }}
        end as validity,
        case
            when concentration is not null and n_valid = 0 then 'averaged before it was delivered, without hours'
            when concentration is null
                then concat(
                        case when item = 'o3_8h' then '8 h windows' else 'hours' end,
                        ': ', n_counted, ' of ', n_countable, ', ', n_needed, ' needed'
                    )
            else coalesce({{ suspects_reason('n_suspect', 'hours', item_compared) }}, '')
        end as reason
    from {{ days_of(ref('int_air_day_iaqi')) }}
    where basis = 'published' and place_kind = 'station'
),

side_by_side as (
    select
        place_id,
        day,
        {%- for item in items %}
            max(case when item = '{{ item }}' then concentration end) as {{ item }},
            max(case when item = '{{ item }}' then n_valid end) as {{ item }}_hours,
            max(case when item = '{{ item }}' then n_received end) as {{ item }}_received,
            max(case when item = '{{ item }}' then iaqi end) as {{ item }}_iaqi,
            max(case when item = '{{ item }}' then validity end) as {{ item }}_validity,
            max(case when item = '{{ item }}' then reason end) as {{ item }}_reason,
        {%- endfor %}
        max(case when item = 'o3_8h' then largest_window_end end) as o3_8h_window_end
    from item_days
    group by place_id, day
),

index_days as (
    select
        a.*,
        f.lateness_allowed_hours,
        {{ day_end('a.day') }} as day_end
    from {{ days_of(ref('int_air_day_aqi')) }} as a
    inner join {{ ref('feed_cadence') }} as f on f.feed = 'air'
    where a.basis = 'published' and a.place_kind = 'station'
),

timed as (
    select
        *,
        day_end > {{ as_of() }} as is_running,
        {{ hours_after('day_end', 'lateness_allowed_hours') }} > {{ as_of() }} as is_awaited,
        day_end > {{ as_of() }}
        or aqi is null
        and ({{ still_arriving('day_end', 'n_received', 'n_expected', 'lateness_allowed_hours') }}) as is_pending
    from index_days
),

judged as (
    select
        a.*,
        {%- for item in items %}
            d.{{ item }},
            d.{{ item }}_hours,
            d.{{ item }}_iaqi,
            coalesce(d.{{ item }}_validity, 'insufficient') as {{ item }}_validity,
            coalesce(d.{{ item }}_reason, 'no reading of the day') as {{ item }}_reason,
            a.is_running
            or (
                coalesce(d.{{ item }}_validity, 'insufficient') = 'insufficient' and a.is_awaited
                and coalesce(d.{{ item }}_received, 0) < {{ hours_per_day() }}
            ) as {{ item }}_is_pending,
        {%- endfor %}
        d.o3_8h_window_end
    from timed as a
    inner join side_by_side as d on a.place_id = d.place_id and a.day = d.day
),

dust as (
    select distinct day from {{ ref('int_air_dust_day') }}
)

select
    j.day,
    j.place_id as site_id,
    coalesce(s.name_zh, j.place_id) as site_name_zh,
    coalesce(s.name_en, j.place_id) as site_name_en,
    s.kind as site_kind,
    s.network,
    s.area_code,
    {{ area_name('s.area_code', 'g.name_zh') }} as area_name_zh,
    coalesce(s.assessed, false) as assessed,
    j.pm2_5 as pm2_5_ug_m3,
    j.pm10 as pm10_ug_m3,
    j.so2 as so2_ug_m3,
    j.no2 as no2_ug_m3,
    j.co as co_mg_m3,
    j.o3_8h as o3_8h_max_ug_m3,
    j.o3_1h as o3_1h_max_ug_m3,
    cast(j.pm2_5_hours as bigint) as pm2_5_hours,
    cast(j.pm10_hours as bigint) as pm10_hours,
    cast(j.so2_hours as bigint) as so2_hours,
    cast(j.no2_hours as bigint) as no2_hours,
    cast(j.co_hours as bigint) as co_hours,
    cast(j.o3_8h_hours as bigint) as o3_hours,
    cast(j.pm2_5_iaqi as bigint) as pm2_5_iaqi,
    cast(j.pm10_iaqi as bigint) as pm10_iaqi,
    cast(j.so2_iaqi as bigint) as so2_iaqi,
    cast(j.no2_iaqi as bigint) as no2_iaqi,
    cast(j.co_iaqi as bigint) as co_iaqi,
    cast(j.o3_8h_iaqi as bigint) as o3_8h_iaqi,
    j.aqi,
    j.category,
    j.category_zh,
    j.primary_items,
    j.primary_items_zh,
    j.edition,
    u.day is not null as is_dust_day,
    cast(j.n_expected as bigint) as n_expected,
    cast(j.n_valid as bigint) as n_valid,
    cast(j.n_suspect as bigint) as n_suspect,
    {{ coverage('j.n_valid', 'j.n_expected') }} as coverage,
    j.o3_8h_window_end,
    {%- for item in items %}
        case when j.{{ item }}_is_pending then 'pending' else j.{{ item }}_validity end as {{ item }}_validity,
        case when j.{{ item }}_is_pending then 'hours of the day can still arrive' else j.{{ item }}_reason end
            as {{ item }}_reason,
    {%- endfor %}
    case
        when j.is_pending then 'pending'
        when j.aqi is null then 'insufficient'
        else {{ validity_without_suspects("'valid'", index_compared) }}
    end as validity,
    case
        when j.is_pending then 'hours of the day can still arrive'
        when j.aqi is null then concat('no valid value: ', j.symbols_missing)
        else concat_ws(
                '; ',
                case
                    when j.n_items < j.n_items_expected
                        then concat('index of the other items, no valid value: ', j.symbols_missing)
                end,
                {{ suspects_reason('j.n_suspect', 'hours', index_compared) }}
            )
    end as validity_reason,
    j.index_standard as standard,
    concat(
        'AQI of daily items; means: table 4 of ', j.limits_standard, '; rounding and ozone 8 h: ', j.statistics_standard
    ) as clause,
    {{ provenance_of_rank('j.provenance_rank') }} as provenance
from judged as j
left join {{ ref('stg_site_register') }} as s
    on j.place_id = s.site_id and s.feed = 'air' and {{ in_force('j.day', 's') }}
left join dust as u on j.day = u.day
left join {{ ref('stg_area_name') }} as g on s.area_code = g.area_code
