{#-
  Tonnes of the district by year (and year to date) that the rates are made of. Loads to transfer stations are left
  out: they count at the plant. Days with loads stand beside the days of the period.
-#}
select
    p.period_kind,
    p.period_start,
    p.period_end,
    p.is_pending,
    count(distinct w.day) as days_with_loads,
    {{ days_in('p.period_start', 'p.period_end') }} as days_expected,
    sum(case when d.is_final and c.is_kitchen then w.net_t else 0 end) as kitchen_t,
    sum(case when d.is_final and c.is_household_kitchen then w.net_t else 0 end) as household_kitchen_t,
    sum(case when d.is_final and c.in_collected and not c.is_kitchen then w.net_t else 0 end) as other_t,
    sum(case when d.is_final and c.is_recyclable then w.net_t else 0 end) as recyclable_t,
    sum(case when d.is_final and c.is_kitchen and d.recycles_kitchen then w.net_t else 0 end) as kitchen_recycled_t,
    sum(case when d.is_final and c.in_household then w.net_t else 0 end) as household_t,
    sum(case when d.is_final and c.in_household and d.is_harmless then w.net_t else 0 end) as household_harmless_t,
    sum(case when d.is_final and c.in_household and d.is_landfill then w.net_t else 0 end) as household_landfill_t,
    {{ least_provenance('w.provenance') }} as provenance
from {{ ref('int_year_periods') }} as p
inner join {{ ref('mart_waste_daily') }} as w on w.day between p.period_start and p.period_end
inner join {{ ref('waste_categories') }} as c on w.category = c.category
inner join {{ ref('waste_destinations') }} as d on w.destination = d.destination
group by p.period_kind, p.period_start, p.period_end, p.is_pending
