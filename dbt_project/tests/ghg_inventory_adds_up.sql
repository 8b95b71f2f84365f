{#-
  The inventory's sources are its total, and the total is carbon_emission_total as published: exactly. What has no value
  (pending, insufficient) has none in all three.
-#}
{{ config(tags=['cross_domain']) }}
with inventory as (
    select
        period_kind,
        period_start,
        max(case when row_role = 'total' then value end) as total,
        case
            when count(case when row_role = 'source' then 1 end) = count(case when row_role = 'source' then value end)
                then sum(case when row_role = 'source' then value end)
        end as of_sources
    from {{ ref('mart_ghg_inventory') }}
    where entry_kind = 'co2'
    group by period_kind, period_start
),

published as (
    select
        period_kind,
        period_start,
        value
    from {{ admitted('mart_energy_indicators') }}
    where indicator_id = 'carbon_emission_total' and area_code = '{{ sql_text("area_code") }}'
)

select
    i.period_kind,
    i.period_start,
    i.total,
    i.of_sources,
    p.value
from inventory as i
full outer join published as p on i.period_kind = p.period_kind and i.period_start = p.period_start
left join {{ ref('int_energy_rules') }} as rules
    on {{ in_force('coalesce(i.period_start, p.period_start)', 'rules') }}
where
    i.total is distinct from i.of_sources
    or (
        -- A period that one of the two lacks is not a contradiction.
        i.period_start is not null and p.period_start is not null
        and {{ round_even_by('i.total', 'rules.energy_total_decimals') }} is distinct from p.value
    )
