{#-
  Basis x place x day x item of the index with its IAQI. Ozone above the top of its 8 h table, where the edition does not
  compute it, takes the index of the 1 h maximum. Without suspect readings: sure_iaqi.
-#}
{{ config(meta={'by_day': {'reads': {'int_air_day_item': [0, 0]}}}) }}
with indexed as (
    select
        d.*,
        b.bp_low is not null and b.bp_high is null as is_above_top,
        {{ air_iaqi('d.index_input', 'b') }} as table_iaqi,
        s.bp_low is not null and s.bp_high is null as sure_is_above_top,
        {{ air_iaqi('d.sure_index_input', 's') }} as sure_table_iaqi
    from {{ days_of(ref('int_air_day_item')) }} as d
    left join {{ ref('int_air_iaqi_bands') }} as b
        on
            d.pollutant = b.pollutant and d.averaging = b.averaging and {{ in_force('d.rule_day', 'b') }}
            and {{ air_in_band('d.index_input', 'b') }}
    left join {{ ref('int_air_iaqi_bands') }} as s
        on
            d.pollutant = s.pollutant and d.averaging = s.averaging and {{ in_force('d.rule_day', 's') }}
            and {{ air_in_band('d.sure_index_input', 's') }} and d.n_suspect > 0
),

-- Without a suspect reading nothing changes.
compared as (
    select
        {{ all_but('i', ['sure_is_above_top', 'sure_table_iaqi']) }},
        case when coalesce(i.n_suspect, 0) = 0 then i.is_above_top else i.sure_is_above_top end as sure_is_above_top,
        case when coalesce(i.n_suspect, 0) = 0 then i.table_iaqi else i.sure_table_iaqi end as sure_table_iaqi
    from indexed as i
)

select
    {{ all_but('d', ['is_above_top', 'table_iaqi', 'sure_is_above_top', 'sure_table_iaqi']) }},
    coalesce(d.table_iaqi, case when d.is_above_top then f.table_iaqi end) as iaqi,
    coalesce(d.sure_table_iaqi, case when d.sure_is_above_top then f.sure_table_iaqi end) as sure_iaqi
from compared as d
left join compared as f
    on
        d.basis = f.basis and d.place_kind = f.place_kind and d.place_id = f.place_id and d.day = f.day
        and d.item = 'o3_8h' and f.item = 'o3_1h'
