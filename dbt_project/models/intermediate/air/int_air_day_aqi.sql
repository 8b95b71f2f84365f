{#-
  Basis x place x day: AQI, category and primary pollutants from the IAQIs of the day. With an item missing, or one that
  the edition does not compute, 2012 gives none; 2026 publishes what the others give only above its bound.
-#}
with expected as (
    select count(*) as n_items
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
        sum(n_expected) as n_expected,
        sum(n_valid) as n_valid,
        sum(n_received) as n_received,
        {{ joined('case when iaqi is null then symbol end', '、', 'sort_order') }} as symbols_missing,
        min(provenance_rank) as provenance_rank
    from {{ ref('int_air_day_iaqi') }}
    where in_index
    group by basis, place_kind, place_id, day
),

indexed as (
    select
        l.*,
        e.n_items as n_items_expected,
        r.air_primary_above,
        case
            when l.n_items = e.n_items or l.iaqi > r.air_aqi_partial_above
                then cast(greatest(l.iaqi, r.air_aqi_min) as bigint)
        end as aqi
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
        {{ joined('i.item_zh', '、', 'i.sort_order') }} as primary_zh
    from indexed as x
    inner join {{ ref('int_air_day_iaqi') }} as i
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
    coalesce(p.primary_items, '') as primary_items,
    coalesce(p.primary_zh, '') as primary_zh,
    e.edition,
    e.index_standard,
    e.limits_standard,
    e.statistics_standard
from indexed as x
inner join {{ ref('int_air_edition') }} as e on x.basis = e.basis and {{ in_force('x.day', 'e') }}
left join {{ ref('aqi_categories') }} as c
    on {{ in_force('x.rule_day', 'c') }} and x.aqi >= c.aqi_from and (c.aqi_to is null or x.aqi <= c.aqi_to)
left join primaries as p
    on x.basis = p.basis and x.place_kind = p.place_kind and x.place_id = p.place_id and x.day = p.day
