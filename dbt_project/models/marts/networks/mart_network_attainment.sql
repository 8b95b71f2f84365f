{#-
  Sites of declared networks by period: the grade of the worst item with the names of the items that make it, whether
  everything with a firm limit attained, and the share of values that did. Periods are each sample of a network sampled by
  hand, days and half-months that have figures, and every month, quarter, half-year and year.
-#}
with periods as (
    select
        a.*,
        cast(case
            when a.period_kind = 'sample' then a.period_start
            else a.period_end - interval 1 minute
        end as date) as judged_on,
        a.period_kind <> 'sample' and a.period_end > {{ as_of() }} as is_pending
    from {{ ref('int_network_site_period') }} as a
    where a.n_values + a.n_open > 0
)

select
    a.network_id,
    n.name_zh as network_name_zh,
    a.site_id,
    coalesce(s.name_zh, a.site_id) as site_name_zh,
    s.area_code,
    {{ area_name('s.area_code', 'd.name_zh') }} as area_name_zh,
    a.sample,
    a.period_kind,
    a.period_start,
    a.period_end,
    g.grade,
    g.name_zh as grade_zh,
    cast(a.site_rank as bigint) as grade_rank,
    a.worst_items_zh,
    coalesce(t.text, nullif(n.target_grade, '')) as target,
    case when not a.is_pending or a.is_attained is false then a.is_attained end as is_attained,
    a.missed_items_zh,
    cast(a.n_items as bigint) as n_items,
    cast(a.n_values as bigint) as n_values,
    cast(a.n_attained as bigint) as n_attained,
    cast(a.n_missed as bigint) as n_missed,
    cast(a.n_hints as bigint) as n_hints,
    cast(a.n_open as bigint) as n_open,
    {{ exact_ratio('a.n_attained * 100', 'a.n_attained + a.n_missed', 1) }} as attained_pct,
    case when a.is_pending then 'pending' else 'valid' end as validity,
    case
        when a.is_pending then 'the period is not over'
        when a.is_attained is not null then ''
        when a.n_open > 0 then 'detection limits are above the limits'
        when a.n_hints > 0 then 'only limits that are a hint apply, and a value breaks one'
        else 'no firm limit or target applies'
    end as attainment_reason,
    {{ provenance_of_rank('a.provenance_rank') }} as provenance
from periods as a
inner join {{ source('clean', 'declared_network') }} as n on a.network_id = n.network_id
left join {{ source('clean', 'declared_network_grade') }} as g
    on a.network_id = g.network_id and a.site_rank = g.rank
left join {{ source('clean', 'declared_site_attribute') }} as t
    on
        a.network_id = t.network_id and a.site_id = t.site_id and n.target_attribute = t.attribute
        and {{ in_force('a.judged_on', 't') }}
left join {{ ref('int_network_site') }} as s
    on a.network_id = s.network_id and a.site_id = s.site_id and {{ in_force('a.judged_on', 's') }}
left join {{ ref('stg_area_name') }} as d on s.area_code = d.area_code
