{#-
  Basis x place x day x item of the index with its IAQI. Ozone above the top of its 8 h table, where the edition does not compute
  it, takes the index of the 1 h maximum.
-#}
with indexed as (
    {{ air_iaqi(ref('int_air_day_item'), ['basis', 'place_kind', 'place_id', 'day', 'item'], 'rule_day') }}
)

select
    d.*,
    coalesce(x.iaqi, case when x.is_above_top then f.iaqi end) as iaqi
from {{ ref('int_air_day_item') }} as d
left join indexed as x
    on
        d.basis = x.basis and d.place_kind = x.place_kind and d.place_id = x.place_id and d.day = x.day
        and d.item = x.item
left join indexed as f
    on
        d.basis = f.basis and d.place_kind = f.place_kind and d.place_id = f.place_id and d.day = f.day
        and d.item = 'o3_8h' and f.item = 'o3_1h'
