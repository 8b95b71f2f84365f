{#-
  District x day: concentrations as means of the assessed stations, where enough of them are valid, and the AQI of those
  concentrations (never a mean of AQIs). Every value has its own verdict; `validity` is that of the index alone. Where
  suspect readings decide whether a value attains its limit or is valid at all, it is indicative.
-#}
{%- set items = ['pm2_5', 'pm10', 'so2', 'no2', 'co', 'o3_8h', 'o3_1h'] %}
{%- set item_compared = [
    ('attainment', 'attains', 'sure_attains'),
    ('validity', '(concentration is null)', '(sure_concentration is null)')
] %}
{%- set index_compared = [
    ('category', 'a.category', 'a.sure_category'), ('validity', '(a.aqi is null)', '(a.sure_aqi is null)')
] %}
with item_days as (
    select
        *,
        {{ validity_without_suspects(
            "case when concentration is null then 'insufficient' else 'valid' end", item_compared
        ) }} as validity,
        case
            when concentration is null
                then concat('stations: ', n_counted, ' of ', n_countable, ', ', n_needed, ' needed')
            else coalesce({{ suspects_reason('n_suspect', 'stations', item_compared) }}, '')
        end as reason
    from {{ ref('int_air_day_iaqi') }}
    where basis = 'published' and place_kind = 'district'
),

side_by_side as (
    select
        place_id,
        day,
    {%- for item in items %}
        max(case when item = '{{ item }}' then concentration end) as {{ item }},
        max(case when item = '{{ item }}' then n_valid end) as {{ item }}_stations,
        max(case when item = '{{ item }}' then iaqi end) as {{ item }}_iaqi,
        max(case when item = '{{ item }}' then validity end) as {{ item }}_validity,
        max(case when item = '{{ item }}' then reason end) as {{ item }}_reason{{ ',' if not loop.last }}
    {%- endfor %}
    from item_days
    group by place_id, day
),

index_days as (
    select
        *,
        {{ day_end('day') }} > {{ as_of() }} as is_pending
    from {{ ref('int_air_day_aqi') }}
    where basis = 'published' and place_kind = 'district'
),

dust as (
    select distinct day from {{ ref('int_air_dust_day') }}
)

select
    a.day,
    a.place_id as area_code,
    '{{ sql_text("area_name_zh") }}' as area_name_zh,
    d.pm2_5 as pm2_5_ug_m3,
    d.pm10 as pm10_ug_m3,
    d.so2 as so2_ug_m3,
    d.no2 as no2_ug_m3,
    d.co as co_mg_m3,
    d.o3_8h as o3_8h_max_ug_m3,
    d.o3_1h as o3_1h_max_ug_m3,
    cast(d.pm2_5_stations as bigint) as pm2_5_stations,
    cast(d.pm10_stations as bigint) as pm10_stations,
    cast(d.so2_stations as bigint) as so2_stations,
    cast(d.no2_stations as bigint) as no2_stations,
    cast(d.co_stations as bigint) as co_stations,
    cast(d.o3_8h_stations as bigint) as o3_stations,
    cast(d.pm2_5_iaqi as bigint) as pm2_5_iaqi,
    cast(d.pm10_iaqi as bigint) as pm10_iaqi,
    cast(d.so2_iaqi as bigint) as so2_iaqi,
    cast(d.no2_iaqi as bigint) as no2_iaqi,
    cast(d.co_iaqi as bigint) as co_iaqi,
    cast(d.o3_8h_iaqi as bigint) as o3_8h_iaqi,
    a.aqi,
    a.category,
    a.category_zh,
    a.primary_items,
    a.primary_items_zh,
    a.edition,
    u.day is not null as is_dust_day,
    cast(a.n_expected as bigint) as n_expected,
    cast(a.n_valid as bigint) as n_valid,
    cast(a.n_suspect as bigint) as n_suspect,
    {{ coverage('a.n_valid', 'a.n_expected') }} as coverage,
    {%- for item in items %}
        case when a.is_pending then 'pending' else coalesce(d.{{ item }}_validity, 'insufficient') end
            as {{ item }}_validity,
        case
            when a.is_pending then 'the day is not over' else coalesce(d.{{ item }}_reason, 'no reading of the day')
        end as {{ item }}_reason,
    {%- endfor %}
    case
        when a.is_pending then 'pending'
        when a.aqi is null then 'insufficient'
        else {{ validity_without_suspects("'valid'", index_compared) }}
    end as validity,
    case
        when a.is_pending then 'the day is not over'
        when a.aqi is null then concat('too few valid stations: ', a.symbols_missing)
        else concat_ws(
                '; ',
                case
                    when a.n_items < a.n_items_expected
                        then concat('index of the other items, too few valid stations: ', a.symbols_missing)
                end,
                {{ suspects_reason('a.n_suspect', 'station values', index_compared) }}
            )
    end as validity_reason,
    a.index_standard as standard,
    concat('AQI of district concentrations; area mean over assessed stations: ', a.statistics_standard) as clause,
    {{ provenance_of_rank('a.provenance_rank') }} as provenance
from index_days as a
inner join side_by_side as d on a.place_id = d.place_id and a.day = d.day
left join dust as u on a.day = u.day
