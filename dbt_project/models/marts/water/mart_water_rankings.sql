{#-
  Sections and subdistricts ranked by water quality index, monthly, the lowest first. One network and one item set per
  list: an index is compared only with indices of the same items, so a list over the 21 items ranks the places that have
  all of them, and a list over the automatic items those that have these. A place that lacks an item or a class is listed
  with the reason and not ranked; a list exists once some place had all its items.
-#}
with indices as (
    select
        c.*,
        case c.place_kind when 'site' then 'section' else 'subdistrict' end as place_word,
        case c.place_kind when 'site' then '断面' else '街道（地区）' end as place_word_zh,
        case c.network when 'district' then '区级' when 'municipal' then '市级' else c.network end as network_zh,
        c.cwqi is not null and c.n_valid = c.n_expected as has_all_items
    from {{ ref('mart_water_cwqi') }} as c
    where c.period_kind = 'month' and c.place_kind in ('site', 'area') and c.network <> ''
),

listed as (
    select
        *,
        bool_or(has_all_items) over (partition by place_kind, network, item_set) as is_list,
        bool_or(provenance = 'simulated') over (partition by place_kind, network, item_set, period_start)
            as is_simulated
    from indices
),

places as (
    select
        concat_ws('_', 'water', place_word, 'cwqi', item_set, network) as list_id,
        concat(
            place_word_zh, '水质指数排名（', network_zh, '断面，', cast(n_expected as bigint), '项）',
            case when is_simulated then '（模拟）' else '' end
        ) as list_name_zh,
        place_kind,
        case place_kind when 'area' then 'subdistrict' else '' end as area_level,
        period_kind,
        period_start,
        period_end,
        place_id,
        place_name_zh,
        area_code,
        'cwqi' as item,
        '水质指数' as item_zh,
        '' as variant,
        network,
        item_set as method,
        case when has_all_items then cwqi end as value,
        'index' as unit,
        -- The share behind an index: of a section its items, of a subdistrict its sections.
        case place_kind when 'site' then n_expected else n_registered end as n_expected,
        case place_kind when 'site' then n_valid else n_river_sections + n_lake_points end as n_valid,
        case when cwqi is not null and not has_all_items then 'insufficient' else validity end as validity,
        validity_reason_code as validity_reason,
        standard,
        clause,
        provenance
    from listed
    where is_list
),

-- Adds rank, n_ranked, the period before and last year, changes and publication_state (macros/rankings.sql); ranked is
-- what is valid or indicative.
lists as (
    {{ ranking_of('places') }}
)

select
    list_id,
    list_name_zh,
    place_kind,
    area_level,
    period_kind,
    period_start,
    period_end,
    place_id,
    place_name_zh,
    area_code,
    item,
    item_zh,
    variant,
    network,
    method,
    value,
    unit,
    rank,
    n_ranked,
    previous_value,
    previous_rank,
    change_on_previous,
    change_on_previous_pct,
    last_year_value,
    last_year_rank,
    change_on_last_year,
    change_on_last_year_pct,
    n_expected,
    n_valid,
    coverage,
    validity,
    validity_reason,
    publication_state,
    standard,
    clause,
    provenance
from lists
