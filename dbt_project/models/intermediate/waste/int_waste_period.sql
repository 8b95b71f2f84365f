{#-
  Tonnes of the district by month, quarter, year and year to date that the rates are made of. Loads to transfer stations
  are left out of them: they count at the plant. What lets a period count
  is next to it: weighbridge-days covered and loads counted.
-#}
with periods as (
    select c.*
    from {{ ref('int_calendar_periods') }} as c
    where c.period_end >= (select min(d.day) from {{ ref('int_waste_day') }} as d)
),

days as (
    select
        p.period_kind,
        p.period_start,
        sum(c.weighbridges_expected) as weighbridge_days_expected,
        sum(c.weighbridges_covered) as weighbridge_days_covered
    from periods as p
    inner join {{ ref('int_waste_coverage') }} as c on c.day between p.period_start and p.period_end
    group by p.period_kind, p.period_start
),

origin as (
    select min(provenance_rank) as provenance_rank from {{ ref('int_waste_month') }}
),

placed as (
    select
        p.period_kind,
        p.period_start,
        m.loads_received,
        m.loads_counted,
        m.n_suspect,
        m.provenance_rank,
        coalesce(m.net_t, 0) as net_t,
        coalesce(d.is_final, false) as is_final,
        coalesce(d.is_final and c.is_kitchen, false) as is_kitchen,
        coalesce(d.is_final and c.is_household_kitchen, false) as is_household_kitchen,
        coalesce(d.is_final and c.is_recyclable, false) as is_recyclable,
        coalesce(d.is_final and c.in_collected and not c.is_kitchen, false) as is_other,
        coalesce(d.is_final and c.in_household, false) as is_household,
        coalesce(d.recycles_kitchen, false) as recycles_kitchen,
        coalesce(d.is_treatment, false) as is_treatment,
        coalesce(d.is_harmless, false) as is_harmless,
        coalesce(d.is_landfill, false) as is_landfill,
        coalesce(d.is_incineration and c.in_collected, false) as is_incinerated
    from periods as p
    inner join {{ ref('int_waste_month') }} as m on m.month_start between p.period_start and p.period_end
    left join {{ declared('waste_categories') }} as c on m.category = c.category
    left join {{ ref('waste_destinations') }} as d on m.destination = d.destination
),

sums as (
    select
        period_kind,
        period_start,
        sum(loads_received) as loads_received,
        sum(loads_counted) as loads_counted,
        sum(n_suspect) as n_suspect,
        sum(case when is_kitchen then net_t else 0 end) as kitchen_t,
        sum(case when is_household_kitchen then net_t else 0 end) as household_kitchen_t,
        sum(case when is_other then net_t else 0 end) as other_t,
        sum(case when is_recyclable then net_t else 0 end) as recyclable_t,
        sum(case when is_kitchen and recycles_kitchen then net_t else 0 end) as kitchen_recycled_t,
        sum(case when is_household_kitchen and recycles_kitchen then net_t else 0 end) as household_kitchen_recycled_t,
        sum(case when is_final and is_incinerated then net_t else 0 end) as incinerated_t,
        sum(case when is_household then net_t else 0 end) as household_t,
        sum(case when is_household and is_treatment then net_t else 0 end) as household_treated_t,
        sum(case when is_household and is_harmless then net_t else 0 end) as household_harmless_t,
        sum(case when is_household and is_landfill then net_t else 0 end) as household_landfill_t,
        min(provenance_rank) as provenance_rank
    from placed
    group by period_kind, period_start
)

select
    p.period_kind,
    p.period_start,
    p.period_end,
    p.is_pending,
    d.weighbridge_days_covered,
    d.weighbridge_days_expected,
    s.loads_received,
    s.loads_counted,
    s.n_suspect,
    s.kitchen_t,
    s.household_kitchen_t,
    s.other_t,
    s.recyclable_t,
    s.kitchen_recycled_t,
    s.household_kitchen_recycled_t,
    s.incinerated_t,
    s.household_t,
    s.household_treated_t,
    s.household_harmless_t,
    s.household_landfill_t,
    {{ provenance_of_rank('coalesce(s.provenance_rank, o.provenance_rank)') }} as provenance
from periods as p
inner join sums as s on p.period_kind = s.period_kind and p.period_start = s.period_start
inner join days as d on p.period_kind = d.period_kind and p.period_start = d.period_start
cross join origin as o
