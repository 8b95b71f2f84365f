{#-
  One value per area, item and year: as reported, and EI and EQI computed from their sub-indices where all of them are
  delivered (seed ecology_index_weights); the reported index counts where they are not. Two units that report
  different values for one item leave it open which holds: no value.
-#}
with reported as (
    select
        area_code,
        item,
        unit,
        period_start,
        period_end,
        case when min(value) = max(value) then max(value) end as value,
        max(n_suspect) as n_suspect,
        {{ least_provenance('provenance') }} as provenance
    from {{ ref('mart_returns_values') }}
    where period_kind = 'year' and plan_ref = ''
    group by area_code, item, unit, period_start, period_end
),

assessed as (
    select distinct
        r.area_code,
        r.period_start,
        r.period_end,
        w.index_id
    from reported as r
    inner join {{ ref('ecology_index_weights') }} as w on r.item = w.item and {{ in_force('r.period_end', 'w') }}
),

computed as (
    select
        a.area_code,
        a.index_id as item,
        'index' as unit,
        a.period_start,
        a.period_end,
        count(*) as n_needed,
        count(r.value) as n_found,
        max(r.n_suspect) as n_suspect,
        -- Weight times sub-index, reversed where the seed says so; exact.
        sum(cast(w.weight as decimal(38, 6)) * (w.offset_value + w.sign * r.value)) as value,
        {{ joined('case when r.value is null then w.item end', ', ', 'w.item') }} as missing_items,
        max(w.standard) as standard,
        max(w.clause) as clause,
        {{ least_provenance('r.provenance') }} as provenance
    from assessed as a
    inner join {{ ref('ecology_index_weights') }} as w
        on a.index_id = w.index_id and {{ in_force('a.period_end', 'w') }}
    left join reported as r on a.area_code = r.area_code and a.period_start = r.period_start and w.item = r.item
    group by a.area_code, a.index_id, a.period_start, a.period_end
)

select
    coalesce(c.area_code, r.area_code) as area_code,
    coalesce(c.item, r.item) as item,
    coalesce(c.unit, r.unit) as unit,
    coalesce(c.period_start, r.period_start) as period_start,
    coalesce(c.period_end, r.period_end) as period_end,
    cast(case when c.n_found = c.n_needed then c.value else r.value end as decimal(38, 12)) as value,
    r.value as reported_value,
    cast(case when c.n_found = c.n_needed then c.n_suspect else r.n_suspect end as bigint) as n_suspect,
    r.item is not null as is_reported,
    coalesce(c.n_found = c.n_needed, false) as is_computed,
    case
        when c.n_found < c.n_needed
            then concat_ws(
                    ';',
                    {{ reason('sub_indices_missing', 'c.missing_items') }},
                    case when r.value is not null then {{ reason('as_reported') }} end
                )
        when c.item is null and r.value is null then {{ reason('units_disagree') }}
    end as remark,
    case when c.n_found = c.n_needed then c.standard end as standard,
    case when c.n_found = c.n_needed then c.clause end as clause,
    case when c.n_found = c.n_needed or r.item is null then c.provenance else r.provenance end as provenance
from reported as r
full outer join computed as c
    on r.area_code = c.area_code and r.item = c.item and r.unit = c.unit and r.period_start = c.period_start
