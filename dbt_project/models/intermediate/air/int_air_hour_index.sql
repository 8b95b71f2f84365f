{#-
  Reference station x hour: the real-time index of the edition in force, from the IAQIs of the items of its report (seed
  air_realtime_items). 2012: gases of the hour, ozone also over 8 h, particles over 24 h, or by rule
  air_realtime_hourly_items the six items of the hour; 2026: six items of the hour. With an item missing, an index only
  above the edition's bound. Without suspect readings: sure_aqi. Hours to come are here too, without values.
-#}
{{ config(meta={'by_day': {'reads': {'int_air_hour': [0, 0]}}}) }}
{%- set items = ['pm2_5', 'pm10', 'so2', 'no2', 'co', 'o3_1h', 'o3_8h'] %}
{%- set hourly = ['pm2_5', 'pm10', 'so2', 'no2', 'co', 'o3'] %}
{%- set running = ['o3_8h', 'pm2_5_24h', 'pm10_24h', 'so2_24h'] %}
with reports as (
    select
        item_set,
        valid_from,
        valid_to,
        {%- for item in items %}
            coalesce(bool_or(item = '{{ item }}'), false) as has_{{ item }},
            max(case when item = '{{ item }}' then symbol end) as {{ item }}_symbol,
            max(case when item = '{{ item }}' then name_zh end) as {{ item }}_zh,
        {%- endfor %}
        count(*) as n_items
    from {{ ref('air_realtime_items') }}
    where in_index
    group by item_set, valid_from, valid_to
),

-- The items of a report, each with the breakpoint table that holds on the days they share.
report_items as (
    select
        i.item_set,
        i.item,
        i.measure,
        i.pollutant,
        i.averaging,
        i.in_index,
        b.valid_from as table_from,
        greatest(i.valid_from, b.valid_from) as valid_from,
        least(coalesce(i.valid_to, b.valid_to), coalesce(b.valid_to, i.valid_to)) as valid_to
    from {{ ref('air_realtime_items') }} as i
    inner join {{ ref('int_air_iaqi_bands') }} as b
        on
            i.pollutant = b.pollutant and i.averaging = b.averaging and b.is_lowest
            and (b.valid_to is null or i.valid_from <= b.valid_to)
            and (i.valid_to is null or i.valid_to >= b.valid_from)
),

measured as (
    select
        h.*,
        r.air_index_input_decimals,
        r.air_index_input_decimals_co,
        r.air_aqi_min,
        r.air_aqi_partial_above,
        r.air_primary_above,
        case when r.air_realtime_hourly_items = 1 then 'hourly' else 'standard' end as item_set
    from {{ ref('int_air_hour') }} as h
    inner join {{ ref('int_air_rules') }} as r on {{ in_force('h.rule_day', 'r') }}
    where h.n_received_of_day > 0
),

concentrations as (
    select
        m.site_id,
        m.day,
        m.hour_no,
        m.rule_day,
        m.item_set,
        i.item,
        i.pollutant,
        i.averaging,
        i.table_from,
        i.in_index,
        m.air_aqi_min,
        m.air_aqi_partial_above,
        m.air_primary_above,
        case i.pollutant when 'co' then m.air_index_input_decimals_co else m.air_index_input_decimals end as decimals,
        case i.measure
            {%- for measure in hourly + running %}
                when '{{ measure }}' then m.{{ measure }}
            {%- endfor %}
        end as concentration,
        case i.measure
            {%- for measure in hourly + running %}
                when '{{ measure }}' then m.{{ measure }} is not null and m.{{ measure }}_suspect > 0
            {%- endfor %}
        end as is_suspect,
        case i.measure
            {%- for measure in running %}
                when '{{ measure }}' then m.sure_{{ measure }}
            {%- endfor %}
        end as sure_concentration
    from measured as m
    inner join report_items as i
        on m.item_set = i.item_set and {{ in_force('m.rule_day', 'i') }}
),

inputs as (
    select
        c.*,
        {{ round_even_by('c.concentration', 'c.decimals') }} as index_input,
        {{ round_even_by('c.sure_concentration', 'c.decimals') }} as sure_index_input
    from concentrations as c
),

indexed as (
    select
        c.*,
        b.bp_low is not null and b.bp_high is null as is_above_top,
        {{ air_iaqi('c.index_input', 'b') }} as iaqi,
        case
            when c.is_suspect then s.bp_low is not null and s.bp_high is null
            else b.bp_low is not null and b.bp_high is null
        end as sure_is_above_top,
        case
            when c.is_suspect then {{ air_iaqi('c.sure_index_input', 's') }}
            else {{ air_iaqi('c.index_input', 'b') }}
        end as sure_iaqi
    from inputs as c
    left join {{ ref('int_air_iaqi_bands') }} as b
        on
            c.pollutant = b.pollutant and c.averaging = b.averaging and c.table_from = b.valid_from
            and {{ air_in_band('c.index_input', 'b') }}
    left join {{ ref('int_air_iaqi_bands') }} as s
        on
            case when c.is_suspect then c.pollutant end = s.pollutant
            and c.averaging = s.averaging and c.table_from = s.valid_from
            and {{ air_in_band('c.sure_index_input', 's') }}
),

-- Above the top of its table, where the edition computes none: SO2 by 24 h, ozone 8 h by the hour.
side_by_side as (
    select
        site_id,
        day,
        hour_no,
        rule_day,
        item_set,
        {%- for name in ['', 'sure_'] %}
            {%- for item in ['pm2_5', 'pm10', 'no2', 'co', 'o3_1h'] %}
                max(case when item = '{{ item }}' then {{ name }}iaqi end) as {{ name }}{{ item }}_iaqi,
            {%- endfor %}
            {%- for item, instead in [('so2', 'so2_24h'), ('o3_8h', 'o3_1h')] %}
                coalesce(
                    max(case when item = '{{ item }}' then {{ name }}iaqi end),
                    case
                        when bool_or(item = '{{ item }}' and {{ name }}is_above_top)
                            then max(case when item = '{{ instead }}' then {{ name }}iaqi end)
                    end
                ) as {{ name }}{{ item }}_iaqi,
            {%- endfor %}
        {%- endfor %}
        count(case when in_index and is_suspect then 1 end) as n_suspect,
        max(air_aqi_min) as air_aqi_min,
        max(air_aqi_partial_above) as air_aqi_partial_above,
        max(air_primary_above) as air_primary_above
    from indexed
    group by site_id, day, hour_no, rule_day, item_set
),

largest as (
    select
        x.*,
    {%- for name in ['', 'sure_'] %}
        (
            {%- for item in items %}
                case when x.{{ name }}{{ item }}_iaqi is not null then 1 else 0 end{{ ' +' if not loop.last }}
            {%- endfor %}
        ) as {{ name }}n_indexed,
        greatest(
            {%- for item in items %}
                x.{{ name }}{{ item }}_iaqi{{ ',' if not loop.last }}
            {%- endfor %}
        ) as {{ name }}largest_iaqi{{ ',' if not loop.last }}
    {%- endfor %}
    from side_by_side as x
),

valued as (
    select
        x.*,
        p.n_items,
        {%- for item in items %}
            p.{{ item }}_zh,
            case when p.has_{{ item }} and x.{{ item }}_iaqi is null then p.{{ item }}_symbol end as {{ item }}_missing,
        {%- endfor %}
    {%- for name in ['', 'sure_'] %}
        case
            when x.{{ name }}n_indexed = p.n_items or x.{{ name }}largest_iaqi > x.air_aqi_partial_above
                then cast(greatest(x.{{ name }}largest_iaqi, x.air_aqi_min) as bigint)
        end as {{ name }}aqi{{ ',' if not loop.last }}
    {%- endfor %}
    from largest as x
    inner join reports as p on x.item_set = p.item_set and {{ in_force('x.rule_day', 'p') }}
)

select
    site_id,
    day,
    hour_no,
    item_set,
    {%- for item in items %}
        {{ item }}_iaqi,
    {%- endfor %}
    n_items,
    n_indexed,
    n_suspect,
    aqi,
    case when n_suspect > 0 then sure_aqi else aqi end as sure_aqi,
    concat_ws(
        ',',
        {%- for item in items %}
            case when aqi > air_primary_above and {{ item }}_iaqi = aqi then '{{ item }}' end{{ ',' if not loop.last }}
        {%- endfor %}
    ) as primary_items,
    concat_ws(
        '、',
        {%- for item in items %}
            case when aqi > air_primary_above and {{ item }}_iaqi = aqi then {{ item }}_zh end{{ ',' if not loop.last }}
        {%- endfor %}
    ) as primary_items_zh,
    concat_ws(
        '、',
        {%- for item in items %}
            {{ item }}_missing{{ ',' if not loop.last }}
        {%- endfor %}
    ) as symbols_missing
from valued
