{#-
  Section x month: class by single factor from the means of the month, what decides it, attainment of the target.
  Valid with the declared number of items and the automatic ones among them, of an assessed section with all 21; with
  fewer the class may be too good: indicative. Each value has its own verdict; `validity` is that of the class.
-#}
with section_values as (
    {{ water_section_values(['month']) }}
)

select
    s.period_start as month_start,
    s.period_end as month_end,
    {{ water_section_columns() }},
    cast(s.n_values as bigint) as n_values,
    cast(s.n_suspect as bigint) as n_suspect,
    {{ water_values_used('r.water_statistics_rounded') }} as values_used,
    cast(s.n_class_items as bigint) as n_expected,
    cast(s.n_items as bigint) as n_valid,
    {{ coverage('s.n_items', 's.n_class_items') }} as coverage,
    s.validity,
    s.validity_reason,
    'GB 3838-2002' as standard,
    'table 1, single factor over the items present; 环办〔2011〕22号; 环办监测函〔2020〕82号' as clause,
    {{ provenance_of_rank('s.provenance_rank') }} as provenance
from {{ ref('int_water_section_class') }} as s
inner join {{ ref('int_water_rules') }} as r on {{ in_force('s.period_end', 'r') }}
left join section_values as v
    on s.period_kind = v.period_kind and s.site_id = v.site_id and s.period_start = v.period_start
left join {{ ref('district_areas') }} as n on s.area_code = n.area_code
where s.period_kind = 'month'
