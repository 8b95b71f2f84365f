{#-
  Basis x place x day: AQI, category and primary pollutants from the IAQIs of the day. With an item missing, or one that
  the edition does not compute, 2012 gives none; 2026 publishes what the others give only above its bound. An item that
  nobody delivers is missing like one that is not valid. Without suspect readings: sure_aqi, sure_category.
-#}
{{ config(meta={'by_day': {'reads': {'int_air_day_iaqi': [0, 0]}}}) }}
{%- set items = ['pm2_5', 'pm10', 'so2', 'no2', 'co', 'o3_8h'] %}
with expected as (
    select
        {%- for item in items %}
            max(case when item = '{{ item }}' then symbol end) as {{ item }}_symbol,
        {%- endfor %}
        count(*) as n_items
    from {{ ref('air_items') }}
    where in_index
),

largest as (
    select
        basis,
        place_kind,
        place_id,
        day,
        max(rule_day) as rule_day,
        count(iaqi) as n_items,
        max(iaqi) as iaqi,
        count(sure_iaqi) as sure_n_items,
        max(sure_iaqi) as sure_iaqi,
        max(n_expected) as n_expected,
        sum(n_valid) as n_valid,
        sum(n_received) as n_received,
        coalesce(sum(n_suspect), 0) as n_suspect,
        {%- for item in items %}
            count(case when item = '{{ item }}' then iaqi end) as n_{{ item }},
        {%- endfor %}
        min(provenance_rank) as provenance_rank
    from {{ days_of(ref('int_air_day_iaqi')) }}
    where in_index
    group by basis, place_kind, place_id, day
),

indexed as (
    select
        l.basis,
        l.place_kind,
        l.place_id,
        l.day,
        l.rule_day,
        l.n_items,
        l.iaqi,
        l.n_expected * e.n_items as n_expected,
        l.n_valid,
        l.n_received,
        l.n_suspect,
        l.provenance_rank,
        e.n_items as n_items_expected,
        r.air_primary_above,
        nullif(concat_ws(
            '、',
            {%- for item in items %}
                case when l.n_{{ item }} = 0 then e.{{ item }}_symbol end{{ ',' if not loop.last }}
            {%- endfor %}
        ), '') as symbols_missing,
        case
            when l.n_items = e.n_items or l.iaqi > r.air_aqi_partial_above
                then cast(greatest(l.iaqi, r.air_aqi_min) as bigint)
        end as aqi,
        case
            when
                l.n_suspect > 0
                and (l.sure_n_items = e.n_items or l.sure_iaqi > r.air_aqi_partial_above)
                then cast(greatest(l.sure_iaqi, r.air_aqi_min) as bigint)
            when l.n_suspect = 0 and (l.n_items = e.n_items or l.iaqi > r.air_aqi_partial_above)
                then cast(greatest(l.iaqi, r.air_aqi_min) as bigint)
        end as sure_aqi
    from largest as l
    cross join expected as e
    inner join {{ ref('int_air_rules') }} as r on {{ in_force('l.rule_day', 'r') }}
),

primaries as (
    select
        x.basis,
        x.place_kind,
        x.place_id,
        x.day,
        {{ joined('i.item', ',', 'i.sort_order') }} as primary_items,
        {{ joined('i.item_zh', '、', 'i.sort_order') }} as primary_items_zh
    from indexed as x
    inner join {{ days_of(ref('int_air_day_iaqi')) }} as i
        on
            x.basis = i.basis and x.place_kind = i.place_kind and x.place_id = i.place_id and x.day = i.day
            and x.aqi = i.iaqi and i.in_index
    where x.aqi > x.air_primary_above
    group by x.basis, x.place_kind, x.place_id, x.day
)

select
    x.*,
    c.category,
    c.category_rank,
    c.category_zh,
    sc.category as sure_category,
    coalesce(p.primary_items, '') as primary_items,
    coalesce(p.primary_items_zh, '') as primary_items_zh,
    e.edition,
    e.index_standard,
    e.limits_standard,
    e.statistics_standard
from indexed as x
inner join {{ ref('int_air_edition') }} as e on x.basis = e.basis and {{ in_force('x.day', 'e') }}
left join {{ ref('aqi_categories') }} as c
    on {{ in_force('x.rule_day', 'c') }} and x.aqi >= c.aqi_from and (c.aqi_to is null or x.aqi <= c.aqi_to)
left join {{ ref('aqi_categories') }} as sc
    on
        {{ in_force('x.rule_day', 'sc') }} and x.sure_aqi >= sc.aqi_from
        and (sc.aqi_to is null or x.sure_aqi <= sc.aqi_to)
left join primaries as p
    on x.basis = p.basis and x.place_kind = p.place_kind and x.place_id = p.place_id and x.day = p.day
