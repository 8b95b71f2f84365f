{#-
  Loads and tonnes by day, area of origin, category and destination, before any verdict: what days, months and rates add
  up. A load without a street code belongs to the weighbridge's own area.
-#}
with register as (
    select
        site_id,
        area_code,
        row_number() over (partition by site_id order by valid_from desc) as nth
    from {{ ref('stg_site_register') }}
    where feed = 'waste'
)

select
    w.day,
    coalesce(w.street_code, r.area_code, '{{ sql_text("area_code") }}') as area_code,
    w.category,
    w.destination,
    count(*) as n_expected,
    sum(case when w.is_usable then 1 else 0 end) as n_valid,
    sum(case when w.is_usable and w.flag = {{ suspect_flag() }} then 1 else 0 end) as n_suspect,
    sum(case when w.is_usable then w.net_t end) as net_t,
    coalesce(
        {{ least_provenance('case when w.is_usable then w.provenance end') }},
        {{ least_provenance('w.provenance') }}
    ) as provenance
from {{ ref('int_waste_load') }} as w
left join register as r on w.site_id = r.site_id and r.nth = 1
group by w.day, coalesce(w.street_code, r.area_code, '{{ sql_text("area_code") }}'), w.category, w.destination
