{#-
  Reference station x hour: 1 h values, the running means of the real-time report (int_air_hour) and its index, category and
  primary pollutants (int_air_hour_index). Every value has its own verdict; `validity` is that of the index, which is at
  most indicative where suspect readings decide its category. A station that no register calls a reference station (kind
  `station`) is not here.
-#}
{#- Built by changed days (macros/by_day.sql): days_of() reads only those. It changes no figure. -#}
{{ config(meta={'by_day': {'reads': {'int_air_hour': [0, 0], 'int_air_hour_index': [0, 0]}, 'open_days': 4}}) }}
{%- set items = ['pm2_5', 'pm10', 'so2', 'no2', 'co', 'o3_1h', 'o3_8h'] %}
{%- set hourly = ['pm2_5', 'pm10', 'so2', 'no2', 'co', 'o3'] %}
{%- set published_means = [
    ('o3_8h', 'air_8h_min_hours', 'air_8h_window_hours'), ('pm2_5_24h', 'air_day_min_hours', 'air_day_expected_hours'),
    ('pm10_24h', 'air_day_min_hours', 'air_day_expected_hours')
] %}
{%- set compared = [
    ('category', 'j.category', 'j.sure_category'), ('validity', '(j.aqi is null)', '(j.sure_aqi is null)')
] %}
with pollutants as (
    select count(distinct pollutant) as n_pollutants
    from {{ ref('air_realtime_items') }}
),

judged as (
    select
        h.*,
        {{ all_but('x', ['site_id', 'day', 'hour_no']) }},
        c.category,
        c.category_zh,
        u.category as sure_category,
        {{ still_arriving('h.period_end', 'h.n_received', 'n.n_pollutants', 'f.lateness_allowed_hours') }} as is_pending
    from {{ days_of(ref('int_air_hour')) }} as h
    inner join {{ days_of(ref('int_air_hour_index')) }} as x
        on h.site_id = x.site_id and h.day = x.day and h.hour_no = x.hour_no
    cross join pollutants as n
    inner join {{ ref('feed_cadence') }} as f on f.feed = 'air'
    left join {{ ref('aqi_categories') }} as c
        on {{ in_force('h.rule_day', 'c') }} and x.aqi >= c.aqi_from and (c.aqi_to is null or x.aqi <= c.aqi_to)
    left join {{ ref('aqi_categories') }} as u
        on
            {{ in_force('h.rule_day', 'u') }}
            and x.sure_aqi >= u.aqi_from
            and (u.aqi_to is null or x.sure_aqi <= u.aqi_to)
    where h.n_received_of_day > 0 and h.period_end <= {{ as_of() }}
)

select
    j.site_id,
    coalesce(s.name_zh, j.site_id) as site_name_zh,
    coalesce(s.name_en, j.site_id) as site_name_en,
    s.network,
    s.area_code,
    {{ area_name('s.area_code', 'g.name_zh') }} as area_name_zh,
    coalesce(s.assessed, false) as assessed,
    j.period_start,
    j.period_end,
    j.day,
    cast(j.hour_label as bigint) as hour_label,
    cast(j.pm2_5 as decimal(18, 6)) as pm2_5_ug_m3,
    cast(j.pm10 as decimal(18, 6)) as pm10_ug_m3,
    cast(j.so2 as decimal(18, 6)) as so2_ug_m3,
    cast(j.no2 as decimal(18, 6)) as no2_ug_m3,
    cast(j.co as decimal(18, 6)) as co_mg_m3,
    cast(j.o3 as decimal(18, 6)) as o3_ug_m3,
    j.o3_8h as o3_8h_ug_m3,
    j.pm2_5_24h as pm2_5_24h_ug_m3,
    j.pm10_24h as pm10_24h_ug_m3,
    {%- for item in hourly %}
        case
            when j.{{ item }} is not null and j.{{ item }}_suspect = 1 then 'indicative'
            when j.{{ item }} is not null then 'valid'
            when j.is_pending then 'pending'
            else 'insufficient'
        end as {{ item }}_validity,
        case
            when j.{{ item }} is not null and j.{{ item }}_suspect = 1 then 'the reading is flagged suspect'
            when j.{{ item }} is not null then ''
            when j.is_pending then 'the value of the hour can still arrive'
            else 'no usable value of the hour'
        end as {{ item }}_reason,
    {%- endfor %}
    {%- for item, least, most in published_means %}
        case
            when j.{{ item }} is not null and j.{{ item }}_suspect > 0 and j.sure_{{ item }} is null then 'indicative'
            when j.{{ item }} is not null then 'valid'
            when j.is_pending then 'pending'
            else 'insufficient'
        end as {{ item }}_validity,
        case
            when j.{{ item }} is not null and j.{{ item }}_suspect > 0 and j.sure_{{ item }} is null
                then concat('suspect readings in ', j.{{ item }}_suspect, ' hours decide validity')
            when j.{{ item }} is not null then ''
            when j.is_pending then 'the value of the hour can still arrive'
            else concat(
                    'hours: ',
                    j.{{ item }}_n,
                    ' of ',
                    cast(j.{{ most }} as bigint),
                    ', ',
                    cast(j.{{ least }} as bigint),
                    ' needed'
                )
        end as {{ item }}_reason,
    {%- endfor %}
    {%- for item in items %}
        j.{{ item }}_iaqi,
    {%- endfor %}
    j.aqi,
    j.category,
    j.category_zh,
    j.primary_items,
    j.primary_items_zh,
    j.edition,
    cast(j.n_items as bigint) as n_expected,
    cast(j.n_indexed as bigint) as n_valid,
    {{ coverage('j.n_indexed', 'j.n_items') }} as coverage,
    cast(j.n_suspect as bigint) as n_suspect,
    case
        when j.aqi is not null and {{ suspects_decide(compared) }} then 'indicative'
        when j.aqi is not null then 'valid'
        when j.is_pending then 'pending'
        else 'insufficient'
    end as validity,
    case
        when j.aqi is null and j.is_pending then 'values of the hour can still arrive'
        when j.aqi is null then concat('no index: ', j.symbols_missing)
        else concat_ws(
                '; ',
                case
                    when j.n_indexed < j.n_items then concat('index of the other items, none: ', j.symbols_missing)
                end,
                {{ suspects_reason('j.n_suspect', 'items', compared) }}
            )
    end as validity_reason,
    j.index_standard as standard,
    concat(
        case
            when j.item_set = 'hourly' then 'real-time index of the six items of the hour (air_realtime_hourly_items)'
            else 'real-time report'
        end,
        '; running means: table 4 of ', j.limits_standard, '; the sampling minutes of an hour are'
        ' judged only where the source delivers them: its hours are used as delivered'
    ) as clause,
    {{ provenance_of_rank('j.provenance_rank') }} as provenance
from judged as j
inner join {{ ref('stg_site_register') }} as s
    on j.site_id = s.site_id and s.feed = 'air' and s.kind = 'station' and {{ in_force('j.day', 's') }}
left join {{ ref('stg_area_name') }} as g on s.area_code = g.area_code
