{#-
  Section x moment: the real-time class from the five automatic items as received, next to the class the source
  published. A class needs all five items: one that is missing could be the deciding one. It is indicative where the
  source marks the readings as invalid (maintenance) and published a class with them, or flags one of the five suspect:
  without it there is no class. Each value has its own verdict; `validity` is that of the class.
-#}
{#- Built by changed days (macros/by_day.sql): days_of() reads only those. It changes no figure. -#}
{{ config(meta={'by_day': {'reads': {'int_water_moment_item': [0, 0]}, 'day': 'cast(period_start as date)'}}) }}
{%- set shown = [
    ('water_temperature', 'water_temperature_degc'), ('ph', 'ph'), ('do', 'do_mg_l'), ('codmn', 'codmn_mg_l'),
    ('nh3n', 'nh3n_mg_l'), ('tp', 'tp_mg_l'), ('tn', 'tn_mg_l'), ('turbidity', 'turbidity_ntu'),
    ('conductivity', 'conductivity_us_cm')
] %}
with classed as (
    select
        v.site_id,
        v.period_start_utc,
        v.parameter,
        {{ water_class_rank('v.parameter', 'o.assessed_value', 'b') }} as class_rank
    from {{ days_of(ref('int_water_moment_item')) }} as v
    inner join {{ ref('int_water_class_bands') }} as b
        on
            v.parameter = b.parameter and v.water_type = b.water_type and {{ in_force('v.day', 'b') }}
            and {{ water_in_class('v.assessed_value', 'b') }}
    inner join {{ ref('int_water_rules') }} as r on {{ in_force('v.day', 'r') }}
    left join {{ days_of(ref('int_water_moment_item')) }} as o
        on
            v.parameter = 'do' and o.parameter = 'do_saturation'
            and v.site_id = o.site_id and v.period_start_utc = o.period_start_utc
    where v.assessed_value is not null
),

moments as (
    select
        m.site_id,
        m.period_start_utc,
        m.period_start,
        m.day,
        max(m.site_name_zh) as site_name_zh,
        max(m.site_name_en) as site_name_en,
        max(m.river_zh) as river_zh,
        max(m.network) as network,
        max(m.area_code) as area_code,
        max(m.water_type) as water_type,
        bool_or(m.assessed) as assessed,
        max(m.published_class) as published_class,
        {%- for item, column in shown %}
            max(case when m.parameter = '{{ item }}' then m.assessed_value end) as {{ column }},
            coalesce(bool_or(m.parameter = '{{ item }}' and m.is_marked_invalid), false) as {{ item }}_is_marked,
            coalesce(bool_or(m.parameter = '{{ item }}' and m.is_suspect), false) as {{ item }}_is_suspect,
        {%- endfor %}
        count(distinct case when m.in_realtime_class then m.parameter end) as n_valid,
        count(distinct case when m.in_realtime_class and m.is_suspect then m.parameter end) as n_suspect,
        coalesce(bool_or(case when m.in_realtime_class then m.is_marked_invalid end), false) as is_marked_invalid,
        min(case when m.in_realtime_class then m.provenance_rank end) as class_provenance_rank,
        min(m.provenance_rank) as provenance_rank
    from {{ days_of(ref('int_water_moment_item')) }} as m
    group by m.site_id, m.period_start_utc, m.period_start, m.day
),

expected as (
    select
        valid_from,
        valid_to,
        count(*) as n_expected,
        max(standard) as standard
    from {{ ref('water_items') }}
    where in_realtime_class
    group by valid_from, valid_to
),

worst as (
    select
        c.site_id,
        c.period_start_utc,
        max(c.class_rank) as class_rank
    from classed as c
    inner join {{ ref('water_items') }} as i on c.parameter = i.parameter and i.in_realtime_class
    group by c.site_id, c.period_start_utc
),

deciding as (
    select
        c.site_id,
        c.period_start_utc,
        {{ joined('i.name_zh', '、', 'i.item_no') }} as items_zh
    from classed as c
    inner join worst as w
        on c.site_id = w.site_id and c.period_start_utc = w.period_start_utc and c.class_rank = w.class_rank
    inner join {{ ref('water_items') }} as i on c.parameter = i.parameter and i.in_realtime_class
    where c.class_rank > 1
    group by c.site_id, c.period_start_utc
),

assessed as (
    select
        m.*,
        {{ area_name('m.area_code', 'n.name_zh') }} as area_name_zh,
        {{ water_values_used('r.water_realtime_rounded') }} as values_used,
        e.n_expected,
        e.standard,
        k.water_class,
        k.class_rank,
        k.water_class_zh,
        k.clause,
        d.items_zh
    from moments as m
    inner join {{ ref('int_water_rules') }} as r on {{ in_force('m.day', 'r') }}
    left join expected as e on {{ in_force('m.day', 'e') }}
    left join worst as w
        on
            m.site_id = w.site_id and m.period_start_utc = w.period_start_utc
            and m.n_valid = e.n_expected and m.water_type is not null
    left join {{ ref('water_classes') }} as k on w.class_rank = k.class_rank and {{ in_force('m.day', 'k') }}
    left join deciding as d on m.site_id = d.site_id and m.period_start_utc = d.period_start_utc
    left join {{ ref('stg_area_name') }} as n on m.area_code = n.area_code
)

select
    site_id,
    coalesce(site_name_zh, site_id) as site_name_zh,
    coalesce(site_name_en, site_id) as site_name_en,
    river_zh,
    network,
    area_code,
    area_name_zh,
    water_type,
    coalesce(assessed, false) as assessed,
    period_start,
    period_start_utc,
    water_class,
    cast(class_rank as bigint) as class_rank,
    water_class_zh,
    case when water_class is not null then coalesce(items_zh, '') end as deciding_items_zh,
    published_class,
    water_class = published_class as agrees_with_published,
    {%- for item, column in shown %}
        {{ column }},
        case
            when {{ column }} is null then 'insufficient'
            when {{ item }}_is_marked or {{ item }}_is_suspect then 'indicative'
            else 'valid'
        end as {{ item }}_validity,
        case
            when {{ column }} is null then {{ reason('no_usable_value') }}
            when {{ item }}_is_marked then {{ reason('marked_invalid') }}
            when {{ item }}_is_suspect then {{ reason('reading_suspect') }}
            else ''
        end as {{ item }}_reason,
    {%- endfor %}
    values_used,
    cast(n_expected as bigint) as n_expected,
    cast(n_valid as bigint) as n_valid,
    cast(n_suspect as bigint) as n_suspect,
    {{ coverage('n_valid', 'n_expected') }} as coverage,
    case
        when water_class is null then 'insufficient'
        when is_marked_invalid or n_suspect > 0 then 'indicative'
        else 'valid'
    end as validity,
    case
        when water_class is not null and is_marked_invalid then {{ reason('marked_invalid') }}
        when water_class is not null and n_suspect > 0
            then {{ reason('no_class_without_suspects', 'n_suspect') }}
        when water_class is not null then ''
        when site_name_zh is null then {{ reason('site_not_in_register') }}
        when water_type is null then {{ reason('site_without_water_type') }}
        else {{ reason('items_there', 'n_valid', 'n_expected') }}
    end as validity_reason,
    standard,
    'table 1, single factor over the five automatic items' as clause,
    {{ provenance_of_rank('provenance_rank') }} as provenance
from assessed
