{#-
  Basis x place x day x item for stations and for the district: the concentration, and what the index is computed from
  (rounded by the rule of the day), against the limit of its averaging time; the same without suspect readings (sure_…).
  The district is the mean of its assessed stations, where enough of them are valid.
-#}
{{ config(meta={'by_day': {'reads': {'int_air_station_hours': [0, 0], 'int_air_station_day_item': [0, 0]}}}) }}
with days as (
    select distinct day
    from {{ days_of(ref('int_air_station_hours')) }}
),

assessed as (
    select
        d.day,
        s.site_id
    from days as d
    inner join {{ ref('stg_site_register') }} as s
        on s.feed = 'air' and s.kind = 'station' and s.assessed and {{ in_force('d.day', 's') }}
),

stations as (
    select
        day,
        count(distinct site_id) as n_expected
    from assessed
    group by day
),

district as (
    select
        i.basis,
        i.rule_day,
        i.day,
        i.item,
        max(n.n_expected) as n_expected,
        count(i.concentration) as n_valid,
        sum(i.concentration) as concentration_sum,
        count(case when i.concentration is not null and i.n_suspect > 0 then 1 end) as n_suspect,
        count(i.sure_concentration) as sure_n_valid,
        sum(i.sure_concentration) as sure_concentration_sum,
        min(i.provenance_rank) as provenance_rank,
        max(r.air_area_min_station_share) as min_share
    from {{ days_of(ref('int_air_station_day_item')) }} as i
    inner join assessed as a on i.day = a.day and i.site_id = a.site_id
    inner join stations as n on i.day = n.day
    inner join {{ ref('int_air_rules') }} as r on {{ in_force('i.rule_day', 'r') }}
    group by i.basis, i.rule_day, i.day, i.item
),

places as (
    select
        basis,
        rule_day,
        'station' as place_kind,
        site_id as place_id,
        day,
        item,
        n_expected_hours as n_expected,
        n_hours as n_valid,
        n_received,
        largest_window_end,
        n_counted,
        n_countable,
        n_needed,
        n_suspect,
        concentration,
        sure_concentration,
        provenance_rank
    from {{ days_of(ref('int_air_station_day_item')) }}
    union all
    select
        basis,
        rule_day,
        'district' as place_kind,
        '{{ sql_text("area_code") }}' as place_id,
        day,
        item,
        n_expected,
        n_valid,
        n_valid as n_received,
        cast(null as bigint) as largest_window_end,
        n_valid as n_counted,
        n_expected as n_countable,
        cast(ceiling(min_share * n_expected) as bigint) as n_needed,
        n_suspect,
        case
            when n_valid >= min_share * n_expected then {{ carried_mean('concentration_sum', 'n_valid') }}
        end as concentration,
        case
            when sure_n_valid >= min_share * n_expected
                then {{ carried_mean('sure_concentration_sum', 'sure_n_valid') }}
        end as sure_concentration,
        provenance_rank
    from district
),

prepared as (
    select
        p.*,
        i.pollutant,
        i.averaging,
        i.limit_averaging,
        i.in_index,
        i.symbol,
        i.name_zh as item_zh,
        i.sort_order,
        r.air_attainment_grade,
    {%- for name in ['', 'sure_'] %}
            {{ round_even_by(
                'p.' ~ name ~ 'concentration',
                "case i.pollutant when 'co' then r.air_index_input_decimals_co else r.air_index_input_decimals end"
            ) }} as {{ name }}index_input{{ ',' if not loop.last }}
    {%- endfor %}
    from places as p
    inner join {{ ref('air_items') }} as i on p.item = i.item
    inner join {{ ref('int_air_rules') }} as r on {{ in_force('p.rule_day', 'r') }}
)

select
    p.*,
    p.index_input <= l.limit_value as attains,
    p.sure_index_input <= l.limit_value as sure_attains
from prepared as p
left join {{ ref('gb3095_limits') }} as l
    on
        p.pollutant = l.pollutant and p.limit_averaging = l.averaging and p.air_attainment_grade = l.grade
        and {{ in_force('p.rule_day', 'l') }}
