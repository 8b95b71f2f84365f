{#-
  Section x year, and the year to date: class from the means of the monthly values. A year needs its 12 months; from the
  number that ice-bound sections need it is indicative, below that there is no class.
-#}
with section_values as (
    {{ water_section_values(['year', 'year_to_date']) }}
)

select
    s.period_kind,
    s.period_start,
    s.period_end,
    {{ water_section_columns() }},
    cast(s.n_values as bigint) as n_values,
    cast(s.n_items as bigint) as n_items,
    cast(s.n_months_expected as bigint) as n_expected,
    cast(s.n_months as bigint) as n_valid,
    {{ coverage('s.n_months', 's.n_months_expected') }} as coverage,
    case
        when s.is_pending then 'pending'
        when s.class_rank is null then 'insufficient'
        when s.n_months < s.n_months_expected then 'indicative'
        else 'valid'
    end as validity,
    case
        when not s.is_registered then 'site not in the register'
        when s.water_type is null then 'site attribute missing: water_type'
        when s.is_pending then 'the year is not over'
        when s.is_published and s.class_rank is null then 'no usable value of an assessed item'
        when s.n_months < s.n_months_expected then concat('months: ', s.n_months, ' of ', s.n_months_expected)
        else ''
    end as validity_reason,
    'GB 3838-2002' as standard,
    'table 1, single factor over means of monthly values; 环办〔2011〕22号; 环办监测函〔2020〕82号' as clause,
    {{ provenance_of_rank('s.provenance_rank') }} as provenance
from {{ ref('int_water_section_class') }} as s
left join section_values as v
    on
        s.period_kind = v.period_kind and s.site_id = v.site_id and s.period_start = v.period_start
        and s.is_published
where s.period_kind in ('year', 'year_to_date')
