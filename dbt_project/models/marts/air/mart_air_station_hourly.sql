{#-
  Reference station x hour: 1 h values, the running means that the real-time report of the edition in force asks for, its
  IAQIs, AQI, category and primary pollutants. 2012: gases of the hour, ozone also over 8 h, particles over 24 h, or by
  rule air_realtime_hourly_items the six items of the hour; 2026: six items of the hour. Every value has its own verdict;
  `validity` is that of the index, which is at most indicative where suspect readings decide its category. A station that
  no register calls a reference station (kind `station`) is not here.
-#}
{{ config(meta={'by_day': {'reads': {'int_air_hour': [0, 0]}, 'open_days': 4}}) }}
{%- set items = ['pm2_5', 'pm10', 'so2', 'no2', 'co', 'o3_1h', 'o3_8h'] %}
{%- set hourly = ['pm2_5', 'pm10', 'so2', 'no2', 'co', 'o3'] %}
{%- set running = ['o3_8h', 'pm2_5_24h', 'pm10_24h', 'so2_24h'] %}
{%- set published_means = [
    ('o3_8h', 'air_8h_min_hours', 'air_8h_window_hours'), ('pm2_5_24h', 'air_day_min_hours', 'air_day_expected_hours'),
    ('pm10_24h', 'air_day_min_hours', 'air_day_expected_hours')
] %}
{%- set compared = [
    ('category', 'j.category', 'j.sure_category'), ('validity', '(j.aqi is null)', '(j.sure_aqi is null)')
] %}
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
        {%- for measure in hourly + running %}
            max(case when measure = '{{ measure }}' then 1 else 0 end) as uses_{{ measure }},
        {%- endfor %}
        count(*) as n_items
    from {{ ref('air_realtime_items') }}
    where in_index
    group by item_set, valid_from, valid_to
),

pollutants as (
    select count(distinct pollutant) as n_pollutants
    from {{ ref('air_realtime_items') }}
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
    from {{ days_of(ref('int_air_hour')) }} as h
    inner join {{ ref('int_air_rules') }} as r on {{ in_force('h.rule_day', 'r') }}
    where h.n_received_of_day > 0 and h.period_end <= {{ as_of() }}
),

counted as (
    select
        m.*,
        {%- for item in items %}
            p.has_{{ item }},
            p.{{ item }}_symbol,
            p.{{ item }}_zh,
        {%- endfor %}
        p.n_items,
        {%- for measure in hourly + running %}
            case when m.{{ measure }} is not null and m.{{ measure }}_suspect > 0 then p.uses_{{ measure }} else 0 end
            {{- ' +' if not loop.last }}
        {%- endfor %} as n_suspect
    from measured as m
    inner join reports as p on m.item_set = p.item_set and {{ in_force('m.rule_day', 'p') }}
),

concentrations as (
    select
        m.site_id,
        m.hour_no,
        m.rule_day,
        m.air_index_input_decimals,
        m.air_index_input_decimals_co,
        i.item,
        i.pollutant,
        i.averaging,
        m.n_suspect > 0 as has_suspect,
        case i.measure
            {%- for measure in hourly + running %}
                when '{{ measure }}' then m.{{ measure }}
            {%- endfor %}
        end as concentration,
        case i.measure
            {%- for measure in hourly %}
                when '{{ measure }}' then case when m.{{ measure }}_suspect = 0 then m.{{ measure }} end
            {%- endfor %}
            {%- for measure in running %}
                when '{{ measure }}'
                    then case when m.{{ measure }}_suspect = 0 then m.{{ measure }} else m.sure_{{ measure }} end
            {%- endfor %}
        end as sure_concentration
    from counted as m
    inner join {{ ref('air_realtime_items') }} as i
        on m.item_set = i.item_set and {{ in_force('m.rule_day', 'i') }}
),

-- Where suspect readings went in, the index is computed once more without them.
both_sets as (
    select
        site_id,
        hour_no,
        rule_day,
        air_index_input_decimals,
        air_index_input_decimals_co,
        item,
        pollutant,
        averaging,
        concentration,
        'all' as reading_set
    from concentrations
    union all
    select
        site_id,
        hour_no,
        rule_day,
        air_index_input_decimals,
        air_index_input_decimals_co,
        item,
        pollutant,
        averaging,
        sure_concentration as concentration,
        'sure' as reading_set
    from concentrations
    where has_suspect
),

tables as (
    select distinct
        pollutant,
        averaging,
        valid_from,
        valid_to
    from {{ ref('aqi_breakpoints') }}
),

inputs as (
    select
        s.reading_set,
        s.site_id,
        s.hour_no,
        s.item,
        s.pollutant,
        s.averaging,
        t.valid_from,
        {{ round_even_by(
            's.concentration',
            "case s.pollutant when 'co' then s.air_index_input_decimals_co else s.air_index_input_decimals end"
        ) }} as index_input
    from both_sets as s
    inner join tables as t
        on s.pollutant = t.pollutant and s.averaging = t.averaging and {{ in_force('s.rule_day', 't') }}
    where s.concentration is not null
),

-- Inputs are rounded and so repeat: the index of each is computed once.
indices as (
    select
        v.pollutant,
        v.averaging,
        v.valid_from,
        v.index_input,
        {{ air_iaqi('v.index_input', 'b') }} as iaqi,
        v.index_input > max(b.bp_high) as is_above_top
    from (
        select distinct
            pollutant,
            averaging,
            valid_from,
            index_input
        from inputs
        where index_input >= 0
    ) as v
    inner join {{ ref('aqi_breakpoints') }} as b
        on v.pollutant = b.pollutant and v.averaging = b.averaging and v.valid_from = b.valid_from
    group by v.pollutant, v.averaging, v.valid_from, v.index_input
),

indexed as (
    select
        i.reading_set,
        i.site_id,
        i.hour_no,
        i.item,
        x.iaqi,
        x.is_above_top
    from inputs as i
    inner join indices as x
        on
            i.pollutant = x.pollutant and i.averaging = x.averaging and i.valid_from = x.valid_from
            and i.index_input = x.index_input
),

side_by_side as (
    select
        reading_set,
        site_id,
        hour_no,
        {%- for item in ['pm2_5', 'pm10', 'no2', 'co', 'o3_1h'] %}
            max(case when item = '{{ item }}' then iaqi end) as {{ item }}_iaqi,
        {%- endfor %}
        -- Above the top of its table, where the edition computes none: SO2 by 24 h, ozone 8 h by the hour.
        coalesce(
            max(case when item = 'so2' then iaqi end),
            case
                when bool_or(item = 'so2' and is_above_top) then max(case when item = 'so2_24h' then iaqi end)
            end
        ) as so2_iaqi,
        coalesce(
            max(case when item = 'o3_8h' then iaqi end),
            case
                when bool_or(item = 'o3_8h' and is_above_top) then max(case when item = 'o3_1h' then iaqi end)
            end
        ) as o3_8h_iaqi
    from indexed
    group by reading_set, site_id, hour_no
),

largest as (
    select
        m.*,
        {%- for item in items %}
            x.{{ item }}_iaqi,
        {%- endfor %}
    {%- for name, alias in [('', 'x'), ('sure_', 'z')] %}
        (
            {%- for item in items %}
                case when {{ alias }}.{{ item }}_iaqi is not null then 1 else 0 end{{ ' +' if not loop.last }}
            {%- endfor %}
        ) as {{ name }}n_indexed,
        greatest(
            {%- for item in items %}
                {{ alias }}.{{ item }}_iaqi{{ ',' if not loop.last }}
            {%- endfor %}
        ) as {{ name }}largest_iaqi{{ ',' if not loop.last }}
    {%- endfor %}
    from counted as m
    left join side_by_side as x on m.site_id = x.site_id and m.hour_no = x.hour_no and x.reading_set = 'all'
    left join side_by_side as z on m.site_id = z.site_id and m.hour_no = z.hour_no and z.reading_set = 'sure'
),

valued as (
    select
        *,
    {%- for name in ['', 'sure_'] %}
        case
            when {{ name }}n_indexed = n_items or {{ name }}largest_iaqi > air_aqi_partial_above
                then cast(greatest({{ name }}largest_iaqi, air_aqi_min) as bigint)
        end as {{ name }}valued_aqi{{ ',' if not loop.last }}
    {%- endfor %}
    from largest
),

named as (
    select
        *,
        valued_aqi as aqi,
        case when n_suspect > 0 then sure_valued_aqi else valued_aqi end as sure_aqi,
        valued_aqi > air_primary_above as is_named
    from valued
),

judged as (
    select
        v.*,
        c.category,
        c.category_zh,
        u.category as sure_category,
        {{ still_arriving('v.period_end', 'v.n_received', 'n.n_pollutants') }} as is_pending,
        concat_ws(
            ',',
            {%- for item in items %}
                case when v.is_named and v.{{ item }}_iaqi = v.aqi then '{{ item }}' end{{ ',' if not loop.last }}
            {%- endfor %}
        ) as primary_items,
        concat_ws(
            '、',
            {%- for item in items %}
                case when v.is_named and v.{{ item }}_iaqi = v.aqi then v.{{ item }}_zh end{{ ',' if not loop.last }}
            {%- endfor %}
        ) as primary_zh,
        concat_ws(
            '、',
            {%- for item in items %}
                case
                    when v.has_{{ item }} and v.{{ item }}_iaqi is null then v.{{ item }}_symbol
                end{{ ',' if not loop.last }}
            {%- endfor %}
        ) as symbols_missing
    from named as v
    cross join pollutants as n
    inner join {{ ref('feed_cadence') }} as f on f.feed = 'air'
    left join {{ ref('aqi_categories') }} as c
        on {{ in_force('v.rule_day', 'c') }} and v.aqi >= c.aqi_from and (c.aqi_to is null or v.aqi <= c.aqi_to)
    left join {{ ref('aqi_categories') }} as u
        on {{ in_force('v.rule_day', 'u') }}
            and v.sure_aqi >= u.aqi_from
            and (u.aqi_to is null or v.sure_aqi <= u.aqi_to)
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
    j.primary_zh,
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
        ' judged only where the source delivers them: its hours stand as delivered'
    ) as clause,
    {{ provenance_of_rank('j.provenance_rank') }} as provenance
from judged as j
inner join {{ ref('stg_site_register') }} as s
    on j.site_id = s.site_id and s.feed = 'air' and s.kind = 'station' and {{ in_force('j.day', 's') }}
left join {{ ref('district_areas') }} as g on s.area_code = g.area_code
