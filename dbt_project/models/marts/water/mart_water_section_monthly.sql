{#-
  Section x month: class by single factor from the means of the month, what decides it, attainment of the target.
  Valid with the five automatic items at least; with fewer the class may be too good: indicative.
-#}
with section_values as (
    {{ water_section_values(['month']) }}
),

item_counts as (
    {{ water_item_counts() }}
)

select
    s.period_start as month_start,
    s.period_end as month_end,
    {{ water_section_columns() }},
    cast(s.n_values as bigint) as n_values,
    cast(e.n_class_items as bigint) as n_expected,
    cast(s.n_items as bigint) as n_valid,
    {{ coverage('s.n_items', 'e.n_class_items') }} as coverage,
    case
        when s.class_rank is null then 'insufficient'
        when s.period_end > {{ last_complete_day() }} then 'pending'
        when s.n_automatic_items < e.n_automatic_items then 'indicative'
        else 'valid'
    end as validity,
    case
        when not s.is_registered then 'site not in the register'
        when s.water_type is null then 'site attribute missing: water_type'
        when s.class_rank is null then 'no usable value of an assessed item'
        when s.period_end > {{ last_complete_day() }} then 'the month is not over'
        when s.n_automatic_items < e.n_automatic_items
            then concat(s.n_automatic_items, ' of the ', e.n_automatic_items, ' automatic items')
        else ''
    end as validity_reason,
    'GB 3838-2002' as standard,
    'table 1, single factor over the items present; 环办〔2011〕22号; 环办监测函〔2020〕82号' as clause,
    {{ provenance_of_rank('s.provenance_rank') }} as provenance
from {{ ref('int_water_section_class') }} as s
inner join item_counts as e on {{ in_force('s.period_end', 'e') }}
left join section_values as v
    on s.period_kind = v.period_kind and s.site_id = v.site_id and s.period_start = v.period_start
where s.period_kind = 'month'
