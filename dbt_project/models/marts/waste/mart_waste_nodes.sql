{#-
  Node × category × month: what each site took of every category, whether it counts there or on another node of the
  chain, and how many sites it came from. What was undone, and what undoes nothing, is next to it.
-#}
with sums as (
    select
        month_start,
        coalesce(node_site, '') as site_id,
        node,
        category,
        count(case when is_load then 1 end) as n_expected,
        count(case when is_received_usable then 1 end) as n_valid,
        count(case when is_received_usable and is_suspect then 1 end) as n_suspect,
        count(case when is_counted then 1 end) as loads_counted,
        count(case when is_load and is_weighed then 1 end) as loads_weighed,
        count(case when is_voided then 1 end) as loads_voided,
        count(case when undoes_nothing then 1 end) as voids_unmatched,
        count(distinct case when is_load then from_site end) as from_sites,
        count(distinct case when is_load then day end) as days_with_loads,
        max(node_area) as area_code,
        sum(case when is_received_usable then received_t end) as received_t,
        sum(case when is_shipped_usable then shipped_t end) as shipped_t,
        sum(case when is_received_usable and is_shipped_usable then received_t - shipped_t end) as difference_t,
        min({{ provenance_rank('provenance') }}) as provenance_rank
    from {{ ref('int_waste_flow') }}
    group by month_start, coalesce(node_site, ''), node, category
),

named as (
    select
        site_id,
        name_zh,
        row_number() over (partition by site_id order by valid_from desc) as nth
    from {{ ref('int_waste_site') }}
),

dated as (
    select
        s.*,
        cast(null as bigint) as months_expected,
        cast(null as bigint) as months_heard,
        cast({{ days_after(months_after('s.month_start', 1), -1) }} as date) as period_end,
        {{ days_after(months_after('s.month_start', 1), -1) }} > {{ last_complete_day() }} as is_pending
    from sums as s
),

judged as (
    select
        d.*,
        {{ loads_validity('d', 'r') }} as validity
    from dated as d
    inner join {{ ref('int_waste_rules') }} as r on {{ in_force('d.month_start', 'r') }}
)

select
    j.month_start as period_start,
    j.period_end,
    j.site_id,
    coalesce(t.name_zh, nullif(j.site_id, ''), '未登记去向') as site_name_zh,
    j.node,
    coalesce(n.name_zh, '未登记') as node_zh,
    j.area_code,
    {{ area_name('j.area_code', 'a.name_zh') }} as area_name_zh,
    j.category,
    coalesce(c.name_zh, j.category) as category_zh,
    {{ loads_published('j') }},
    cast(j.loads_counted as bigint) as loads_counted,
    cast(j.loads_weighed as bigint) as loads_weighed,
    cast(j.from_sites as bigint) as from_sites,
    cast(j.days_with_loads as bigint) as days_with_loads,
    cast(j.loads_voided as bigint) as loads_voided,
    cast(j.voids_unmatched as bigint) as voids_unmatched,
    cast(j.n_expected as bigint) as n_expected,
    cast(j.n_valid as bigint) as n_valid,
    cast(j.n_suspect as bigint) as n_suspect,
    {{ coverage('j.n_valid', 'j.n_expected') }} as coverage,
    j.validity,
    case
        when j.n_expected = 0 and not j.is_pending then {{ reason('no_load_not_undone') }}
        else {{ loads_reason('j') }}
    end as validity_reason,
    {{ provenance_of_rank('j.provenance_rank') }} as provenance
from judged as j
left join named as t on j.site_id = t.site_id and t.nth = 1
left join {{ ref('waste_nodes') }} as n on j.node = n.node
left join {{ ref('stg_area_name') }} as a on j.area_code = a.area_code
left join {{ declared('waste_categories') }} as c on j.category = c.category
