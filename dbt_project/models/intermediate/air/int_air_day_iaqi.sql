{#-
  Basis x place x day x item of the index with its IAQI. Ozone above the top of its 8 h table, where the edition does not compute
  it, takes the index of the 1 h maximum.
-#}
{{ config(meta={'by_day': {'reads': {'int_air_day_item': [0, 0]}}}) }}
{%- set key = ['basis', 'place_kind', 'place_id', 'day', 'item'] %}
with indexed as (
    {{ air_iaqi(days_of(ref('int_air_day_item')), key, 'rule_day') }}
),

sure_inputs as (
    select
        basis,
        place_kind,
        place_id,
        day,
        item,
        rule_day,
        pollutant,
        averaging,
        sure_index_input as index_input
    from {{ days_of(ref('int_air_day_item')) }}
    where n_suspect > 0
),

sure_indexed as (
    {{ air_iaqi('sure_inputs', key, 'rule_day') }}
)

select
    d.*,
    coalesce(x.iaqi, case when x.is_above_top then f.iaqi end) as iaqi,
    case
        when coalesce(d.n_suspect, 0) = 0 then coalesce(x.iaqi, case when x.is_above_top then f.iaqi end)
        else coalesce(sx.iaqi, case when sx.is_above_top then sf.iaqi end)
    end as sure_iaqi
from {{ days_of(ref('int_air_day_item')) }} as d
{%- for alias, fallback, relation in [('x', 'f', 'indexed'), ('sx', 'sf', 'sure_indexed')] %}
left join {{ relation }} as {{ alias }}
    on
        d.basis = {{ alias }}.basis and d.place_kind = {{ alias }}.place_kind and d.place_id = {{ alias }}.place_id
        and d.day = {{ alias }}.day and d.item = {{ alias }}.item
left join {{ relation }} as {{ fallback }}
    on
        d.basis = {{ fallback }}.basis and d.place_kind = {{ fallback }}.place_kind
        and d.place_id = {{ fallback }}.place_id and d.day = {{ fallback }}.day and d.item = 'o3_8h'
        and {{ fallback }}.item = 'o3_1h'
{%- endfor %}
