{#-
  Loads of every category by month, area of origin and category; the district's rows hold all of them once. Masses are
  those of the loads that count at their node; the others are next to them as loads.
-#}
with places as (
    select
        *,
        '{{ sql_text("area_code") }}' as place
    from {{ ref('int_waste_flow') }}
    union all
    select
        *,
        area_code as place
    from {{ ref('int_waste_flow') }}
    where area_code <> '{{ sql_text("area_code") }}'
)

select
    month_start,
    place as area_code,
    category,
    count(case when is_counted then 1 end) as n_expected,
    count(case when is_counted and is_received_usable then 1 end) as n_valid,
    count(case when is_counted and is_received_usable and is_suspect then 1 end) as n_suspect,
    count(case when is_load and not is_counted then 1 end) as loads_elsewhere,
    count(case when is_voided then 1 end) as loads_voided,
    count(case when is_counted and is_received_usable and is_shipped_usable then 1 end) as loads_both,
    sum(case when is_counted and is_received_usable then received_t end) as received_t,
    sum(case when is_counted and is_shipped_usable then shipped_t end) as shipped_t,
    sum(case when is_counted and is_received_usable and is_shipped_usable then received_t - shipped_t end)
        as difference_t,
    min({{ provenance_rank('provenance') }}) as provenance_rank
from places
group by month_start, place, category
