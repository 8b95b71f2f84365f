{#- Return items as reported: item, area, period. Year and quarter are side by side, told apart by period_kind. -#}
with register as (
    select
        site_id,
        name_zh,
        area_code,
        row_number() over (partition by site_id order by valid_from desc) as nth
    from {{ ref('stg_site_register') }}
    where feed = 'returns'
)

select
    r.item,
    coalesce(i.name_zh, r.item) as item_zh,
    r.plan_ref,
    r.site_id,
    coalesce(g.name_zh, r.site_id) as site_name_zh,
    coalesce(g.area_code, '{{ sql_text("area_code") }}') as area_code,
    {{ area_name("coalesce(g.area_code, '" ~ sql_text('area_code') ~ "')", 'a.name_zh') }} as area_name_zh,
    case when r.is_year then 'year' else 'part_of_year' end as period_kind,
    cast(r.period_start as date) as period_start,
    cast(r.period_end as date) - 1 as period_end,
    cast(case when r.is_usable then r.value end as decimal(18, 6)) as value,
    r.unit,
    cast(1 as bigint) as n_expected,
    cast(case when r.is_usable then 1 else 0 end as bigint) as n_valid,
    cast(case when r.is_usable and r.is_suspect then 1 else 0 end as bigint) as n_suspect,
    cast(case when r.is_usable then 1 else 0 end as decimal(9, 4)) as coverage,
    case when r.is_usable then 'valid' else 'insufficient' end as validity,
    case when r.is_usable then '' else {{ reason('left_out_by_flag') }} end as validity_reason,
    r.form,
    r.note,
    r.provenance
from {{ ref('stg_returns') }} as r
left join register as g on r.site_id = g.site_id and g.nth = 1
left join {{ declared('returns_items') }} as i on r.item = i.item
left join {{ ref('stg_area_name') }} as a on coalesce(g.area_code, '{{ sql_text("area_code") }}') = a.area_code
