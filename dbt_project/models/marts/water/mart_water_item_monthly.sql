{#- Section x month x item: the mean, what was rounded and assessed, its class and multiple. -#}
select
    c.site_id,
    s.site_name_zh,
    c.period_start,
    c.period_end,
    c.parameter,
    c.item_zh as parameter_zh,
    c.unit,
    c.methods as method,
    c.mean_value,
    c.assessed_value,
    cast(c.class_rank as bigint) as class_rank,
    k.water_class,
    k.water_class_zh,
    c.in_class_assessment,
    c.exceedance_multiple,
    c.class_iii_limit,
    cast(c.n_values as bigint) as n_values,
    cast(c.n_suspect as bigint) as n_suspect,
    cast(c.n_nondetects as bigint) as n_nondetects,
    i.standard,
    i.clause,
    {{ provenance_of_rank('c.provenance_rank') }} as provenance
from {{ ref('int_water_item_class') }} as c
inner join {{ ref('int_water_section_period') }} as s
    on c.period_kind = s.period_kind and c.site_id = s.site_id and c.period_start = s.period_start
inner join {{ ref('water_items') }} as i on c.parameter = i.parameter and {{ in_force('c.period_end', 'i') }}
left join {{ ref('water_classes') }} as k on c.class_rank = k.class_rank and {{ in_force('c.period_end', 'k') }}
where c.period_kind = 'month'
