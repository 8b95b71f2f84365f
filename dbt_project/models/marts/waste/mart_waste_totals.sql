{#-
  What sites and areas report of a period, as reported: totals, no loads, so that the limits of a load do not hold for
  them. Next to what was collected are the loads of the same period: of an area those that came from it, of another site
  those that left it or that it took.
-#}
with totals as (
    select
        t.*,
        s.kind,
        s.name_zh as site_name_zh,
        s.area_code,
        coalesce(p.period_kind, 'other') as period_kind
    from {{ ref('stg_waste_total') }} as t
    left join {{ ref('int_calendar_periods') }} as p
        on t.period_start = p.period_start and t.period_end = p.period_end and p.period_kind <> 'year_to_date'
    left join {{ ref('int_waste_site') }} as s on t.site_id = s.site_id and {{ in_force('t.period_end', 's') }}
),

compared as (
    select
        t.site_id,
        t.category,
        t.period_start,
        t.period_end,
        count(*) as loads,
        sum(f.received_t) as loads_t
    from totals as t
    inner join {{ ref('int_waste_flow') }} as f
        on
            t.category = f.category and f.day between t.period_start and t.period_end
            and f.is_counted and f.is_received_usable
            and (
                (t.kind = 'area' and (t.area_code = '{{ sql_text("area_code") }}' or t.area_code = f.area_code))
                or (coalesce(t.kind, '') <> 'area' and t.site_id in (f.from_site, f.node_site))
            )
    where t.parameter = 'collected_t'
    group by t.site_id, t.category, t.period_start, t.period_end
)

select
    t.period_kind,
    t.period_start,
    t.period_end,
    t.site_id,
    coalesce(t.site_name_zh, t.site_id) as site_name_zh,
    coalesce(t.kind, '') as node,
    coalesce(n.name_zh, '未登记') as node_zh,
    t.area_code,
    {{ area_name('t.area_code', 'a.name_zh') }} as area_name_zh,
    t.category,
    coalesce(c.name_zh, t.category) as category_zh,
    t.parameter,
    p.name_zh as parameter_zh,
    cast(case when t.is_usable then t.value end as decimal(24, 6)) as total_t,
    cast(c2.loads as bigint) as loads,
    cast(c2.loads_t as decimal(24, 6)) as loads_t,
    cast(case when t.is_usable then t.value - c2.loads_t end as decimal(24, 6)) as difference_t,
    case when t.is_usable then 'valid' else 'insufficient' end as validity,
    case when t.is_usable then '' else {{ reason('left_out_by_flag') }} end as validity_reason,
    t.provenance
from totals as t
left join compared as c2
    on
        t.parameter = 'collected_t' and t.site_id = c2.site_id and t.category = c2.category
        and t.period_start = c2.period_start and t.period_end = c2.period_end
left join {{ ref('waste_measures') }} as p on t.parameter = p.measure
left join {{ ref('waste_nodes') }} as n on t.kind = n.node
left join {{ ref('stg_area_name') }} as a on t.area_code = a.area_code
left join {{ declared('waste_categories') }} as c on t.category = c.category
