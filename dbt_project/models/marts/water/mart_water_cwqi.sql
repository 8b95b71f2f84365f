{#-
  Water quality index (CWQI, 城市地表水环境质量排名技术规定 2017) of sections, subdistricts and the district by month,
  quarter and year: the sum of the item indices, of the mean of each item over the sections of an area, rivers and lakes
  apart and weighted by their numbers. Two item sets: class_items is the official index over the items present among the
  21, indicative with fewer; automatic_items is a part of it that every section can be compared on, and has no value where
  one of its items is missing. An index that would lack an item without its suspect readings is indicative.
  Only values of the same items may be compared: `items` says which. place_kind 'area' is what mart_water_area_period and
  mart_water_trends call 'subdistrict'.
-#}
{%- set place = ['place_kind', 'place_id', 'network', 'period_kind', 'period_start'] %}
with means as (
    select
        'site' as place_kind,
        c.site_id as place_id,
        coalesce(s.network, '') as network,
        c.water_type,
        c.period_kind,
        c.period_start,
        c.period_end,
        c.parameter,
        1 as n_sections,
        c.mean_value,
        coalesce(c.n_suspect, 0) as n_suspect,
        -- Enough values are left without the suspect ones.
        coalesce(c.sure_is_sufficient, c.n_suspect is null) as is_sure,
        c.provenance_rank
    from {{ ref('int_water_item_class') }} as c
    inner join {{ ref('int_water_section_class') }} as s
        on c.period_kind = s.period_kind and c.period_start = s.period_start and c.site_id = s.site_id
    where s.validity in ('valid', 'indicative') and c.is_sufficient and c.class_rank is not null
    union all
    select
        case place_kind when 'subdistrict' then 'area' else place_kind end as place_kind,
        place_id,
        network,
        water_type,
        period_kind,
        period_start,
        period_end,
        parameter,
        n_sections,
        mean_value,
        coalesce(n_suspect, 0) as n_suspect,
        coalesce(is_sure, n_suspect is null) as is_sure,
        provenance_rank
    from {{ ref('int_water_area_item') }}
    where place_kind in ('subdistrict', 'district')
),

assessed as (
    select
        m.*,
        i.item_no,
        i.in_realtime_class,
        case
            when r.water_cwqi_rounded = 1 then {{ round_even_keeping_digit('m.mean_value', 'i.assessment_decimals') }}
            else m.mean_value
        end as assessed_value,
        r.water_cwqi_class_rank,
        r.water_cwqi_ph_neutral as ph_neutral
    from means as m
    inner join {{ ref('water_items') }} as i
        on m.parameter = i.parameter and i.in_class_assessment and {{ in_force('m.period_end', 'i') }}
    inner join {{ ref('int_water_rules') }} as r on {{ in_force('m.period_end', 'r') }}
    where m.period_kind <> 'year_to_date'
),

-- The value against the limits of class III: an upper limit gives C : S, a lower one (dissolved oxygen) S : C, both
-- (pH) the distance from neutral on its side. Null where the quotient has no value: oxygen of 0.
indices as (
    select
        a.*,
        case
            when l.limit_low is not null and l.limit_high is not null and a.assessed_value <= a.ph_neutral
                then {{ exact_quotient('a.ph_neutral - a.assessed_value', 'a.ph_neutral - l.limit_low') }}
            when l.limit_low is not null and l.limit_high is not null
                then {{ exact_quotient('a.assessed_value - a.ph_neutral', 'l.limit_high - a.ph_neutral') }}
            when l.limit_low is not null then {{ exact_quotient('l.limit_low', 'a.assessed_value') }}
            else {{ exact_quotient('a.assessed_value', 'l.limit_high') }}
        end as item_index
    from assessed as a
    inner join {{ ref('gb3838_limits') }} as l
        on
            a.parameter = l.parameter and a.water_type = l.water_type
            and a.water_cwqi_class_rank = l.class_rank and {{ in_force('a.period_end', 'l') }}
),

of_sets as (
    {%- for item_set, belongs in [('class_items', 'true'), ('automatic_items', 'in_realtime_class')] %}
        select
            *,
            '{{ item_set }}' as item_set
        from indices
        where {{ belongs }}
        {% if not loop.last %}
            union all
        {% endif %}
    {% endfor %}
),

groups_of_type as (
    select
        {{ place | join(', ') }},
        item_set,
        water_type,
        sum(item_index) as group_index,
        count(*) as n_items,
        count(*) - count(item_index) as n_without_index,
        sum(n_sections) as n_item_values,
        count(case when n_suspect > 0 then 1 end) as n_suspect,
        bool_and(is_sure) as is_sure,
        {{ joined('parameter', ',', 'item_no') }} as items,
        min(provenance_rank) as provenance_rank
    from of_sets
    group by {{ place | join(', ') }}, item_set, water_type
),

sections as (
    select
        'site' as place_kind,
        s.site_id as place_id,
        coalesce(s.network, '') as network,
        s.period_kind,
        s.period_start,
        s.site_name_zh as place_name_zh,
        s.area_code,
        {{ area_name('s.area_code', 'n.name_zh') }} as area_name_zh,
        s.water_type,
        s.site_id,
        d.class_rank is not null as has_class,
        d.provenance_rank
    from {{ ref('int_water_section_period') }} as s
    -- Its row of the district says whether the section has a class.
    inner join {{ ref('int_water_area_section') }} as d
        on
            d.place_kind = 'district' and s.site_id = d.site_id
            and s.period_kind = d.period_kind and s.period_start = d.period_start
    left join {{ ref('stg_area_name') }} as n on s.area_code = n.area_code
    -- Areas once over all networks (network is empty) and once for each.
    {%- for network in ["''", 'a.network'] %}
        union all
        select
            case a.place_kind when 'subdistrict' then 'area' else a.place_kind end as place_kind,
            a.place_id,
            {{ network }} as network,
            a.period_kind,
            a.period_start,
            a.area_name_zh as place_name_zh,
            a.place_id as area_code,
            a.area_name_zh,
            a.water_type,
            a.site_id,
            a.class_rank is not null as has_class,
            a.provenance_rank
        from {{ ref('int_water_area_section') }} as a
        where a.place_kind in ('subdistrict', 'district') and (a.network <> '' or {{ network }} = '')
    {%- endfor %}
),

section_counts as (
    select
        {{ place | join(', ') }},
        max(place_name_zh) as place_name_zh,
        max(area_code) as area_code,
        max(area_name_zh) as area_name_zh,
        count(*) as n_registered,
        count(case when has_class and water_type = 'river' then 1 end) as n_river_sections,
        count(case when has_class and water_type = 'lake_reservoir' then 1 end) as n_lake_points,
        min(provenance_rank) as provenance_rank
    from sections
    where period_kind <> 'year_to_date'
    group by {{ place | join(', ') }}
),

item_sets as (
    select distinct item_set
    from of_sets
),

item_counts as (
    select
        valid_from,
        valid_to,
        sum(case when in_class_assessment then 1 else 0 end) as n_class_items,
        sum(case when in_realtime_class then 1 else 0 end) as n_automatic_items
    from {{ ref('water_items') }}
    group by valid_from, valid_to
),

places as (
    select
        s.*,
        p.period_end,
        p.is_pending,
        t.item_set,
        case t.item_set when 'class_items' then e.n_class_items else e.n_automatic_items end as n_expected,
        e.n_class_items
    from section_counts as s
    inner join {{ ref('int_water_period') }} as p on s.period_kind = p.period_kind and s.period_start = p.period_start
    inner join item_counts as e on {{ in_force('p.period_end', 'e') }}
    cross join item_sets as t
),

both_types as (
    select
        {{ place | join(', ') }},
        item_set,
        max(case when water_type = 'river' then group_index end) as river_index,
        max(case when water_type = 'lake_reservoir' then group_index end) as lake_index,
        min(n_items) as n_items,
        sum(n_item_values) as n_item_values,
        sum(n_without_index) as n_without_index,
        max(n_suspect) as n_suspect,
        bool_and(is_sure) as is_sure,
        min(items) as items,
        min(items) = max(items) as has_same_items,
        min(provenance_rank) as provenance_rank
    from groups_of_type
    group by {{ place | join(', ') }}, item_set
),

weighted as (
    select
        p.*,
        b.items,
        coalesce(b.n_items, 0) as n_items,
        b.n_item_values,
        b.n_without_index,
        coalesce(b.n_suspect, 0) as n_suspect,
        coalesce(b.is_sure, true) as is_sure,
        b.has_same_items,
        b.river_index,
        b.lake_index,
        b.provenance_rank as index_provenance_rank,
        coalesce(b.river_index, 0) * p.n_river_sections + coalesce(b.lake_index, 0) * p.n_lake_points as index_sum,
        p.n_river_sections + p.n_lake_points as n_sections,
        not p.is_pending and coalesce(b.n_items, 0) > 0 and b.n_without_index = 0 and b.has_same_items
        and (p.item_set = 'class_items' or b.n_items = p.n_expected) as has_index
    from places as p
    left join both_types as b
        on
            p.place_kind = b.place_kind and p.place_id = b.place_id and p.network = b.network
            and p.period_kind = b.period_kind and p.period_start = b.period_start and p.item_set = b.item_set
),

indexed as (
    select
        w.*,
        case when w.has_index then {{ round_even_by('w.river_index', 'r.water_cwqi_decimals') }} end as river_cwqi,
        case when w.has_index then {{ round_even_by('w.lake_index', 'r.water_cwqi_decimals') }} end as lake_cwqi,
        case
            when w.has_index
                then {{ round_even_by(
                    exact_quotient('w.index_sum', 'w.n_sections', scale=12), 'r.water_cwqi_decimals'
                ) }}
        end as cwqi,
        {{ water_values_used('r.water_cwqi_rounded') }} as values_used,
        r.water_share_decimals
    from weighted as w
    inner join {{ ref('int_water_rules') }} as r on {{ in_force('w.period_end', 'r') }}
)

select
    n.place_kind,
    n.place_id,
    n.place_name_zh,
    n.area_code,
    n.area_name_zh,
    n.network,
    n.item_set,
    n.period_kind,
    n.period_start,
    n.period_end,
    n.cwqi,
    n.river_cwqi,
    n.lake_cwqi,
    cast(n.n_registered as bigint) as n_registered,
    cast(n.n_river_sections as bigint) as n_river_sections,
    cast(n.n_lake_points as bigint) as n_lake_points,
    coalesce(n.items, '') as items,
    case when n.items = y.items then y.cwqi end as last_year_cwqi,
    case
        when n.items = y.items
            then {{ round_even_by(exact_quotient('(n.cwqi - y.cwqi) * 100', 'y.cwqi'), 'n.water_share_decimals') }}
    end as change_on_last_year_pct,
    case
        when n.cwqi is null then {{ reason('no_index') }}
        when y.cwqi is null then {{ reason('no_index_last_year') }}
        when n.items <> y.items then {{ reason('other_items_than_last_year') }}
        else ''
    end as change_reason,
    n.values_used,
    cast(n.n_expected as bigint) as n_expected,
    cast(n.n_items as bigint) as n_valid,
    cast(n.n_suspect as bigint) as n_suspect,
    {{ coverage('n.n_items', 'n.n_expected') }} as coverage,
    case
        when n.is_pending then 'pending'
        when n.cwqi is null then 'insufficient'
        when
            n.n_items < n.n_class_items or n.n_item_values < n.n_items * n.n_sections or n.n_sections < n.n_registered
            or not n.is_sure
            then 'indicative'
        else 'valid'
    end as validity,
    case
        when n.is_pending then {{ reason('period_kind_not_over', {'words': "concat('@', n.period_kind)"}) }}
        when n.n_items = 0 then {{ reason('no_section_with_class') }}
        when n.n_without_index > 0 then {{ reason('item_without_index') }}
        when not n.has_same_items then {{ reason('rivers_and_lakes_with_other_items') }}
        when n.cwqi is null then {{ reason('items_there', 'n.n_items', 'n.n_expected') }}
        when n.n_items < n.n_class_items then {{ reason('items_of_all', 'n.n_items', 'n.n_class_items') }}
        when n.n_item_values < n.n_items * n.n_sections then {{ reason('items_missing_at_sections') }}
        when n.n_sections < n.n_registered then {{ reason('sections_left_out', 'n.n_registered - n.n_sections') }}
        when not n.is_sure then {{ reason('suspects_decide', 'n.n_suspect', '@items', '@validity') }}
        else ''
    end as validity_reason,
    '城市地表水环境质量排名技术规定 2017' as standard,
    'CWQI: sum of C : S of class III; dissolved oxygen S : C; pH by its distance from neutral; C over the sections'
        as clause,
    {{ provenance_of_rank('coalesce(n.index_provenance_rank, n.provenance_rank)') }} as provenance
from indexed as n
left join indexed as y
    on
        n.place_kind = y.place_kind and n.place_id = y.place_id and n.network = y.network and n.item_set = y.item_set
        and n.period_kind = y.period_kind and y.period_start = {{ months_after('n.period_start', -12) }}
