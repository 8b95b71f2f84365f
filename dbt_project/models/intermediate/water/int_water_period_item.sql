{#-
  Section x period x item for months, quarters, years and the year to date: the mean to assess. A quarter or year is the
  mean of its monthly values, pH by hydrogen ions; an item with fewer months than the period needs has no mean that its
  rule allows (is_sufficient is false). The same without suspect readings (sure_…). Not here: rounding and classes (int_water_item_class).
-#}
with months as (
    select
        m.*,
        i.mean_kind = 'hydrogen_ions' and r.water_ph_mean_by_hydrogen = 1 as by_hydrogen
    from {{ ref('int_water_month_item') }} as m
    inner join {{ ref('water_items') }} as i on m.parameter = i.parameter and {{ in_force('m.month_start', 'i') }}
    inner join {{ ref('int_water_rules') }} as r on {{ in_force('m.month_start', 'r') }}
)

select
    p.period_kind,
    p.period_start,
    p.period_end,
    m.site_id,
    m.parameter,
    {{ joined('distinct m.method', ',', 'm.method') }} as methods,
    sum(m.n_values) as n_values,
    sum(m.n_nondetects) as n_nondetects,
    count(*) as n_months,
    count(*) >= p.n_months_min as is_sufficient,
    case
        when count(*) = 1 then max(m.mean_value)
        when bool_or(m.by_hydrogen)
            then {{ ph_of_mean('sum(' ~ hydrogen_ions('m.mean_value') ~ ')', 'count(*)') }}
        else {{ carried_mean('sum(m.mean_value)', 'count(*)') }}
    end as mean_value,
    sum(m.n_suspect) as n_suspect,
    count(m.sure_mean_value) as sure_n_months,
    count(m.sure_mean_value) >= p.n_months_min as sure_is_sufficient,
    case
        when count(m.sure_mean_value) = 1 then max(m.sure_mean_value)
        when bool_or(m.by_hydrogen)
            then {{ ph_of_mean('sum(' ~ hydrogen_ions('m.sure_mean_value') ~ ')', 'count(m.sure_mean_value)') }}
        else {{ carried_mean('sum(m.sure_mean_value)', 'count(m.sure_mean_value)') }}
    end as sure_mean_value,
    min(m.provenance_rank) as provenance_rank
from {{ ref('int_water_period') }} as p
inner join months as m on p.period_start <= m.month_start and p.period_end >= m.month_start
group by p.period_kind, p.period_start, p.period_end, p.n_months_min, m.site_id, m.parameter
