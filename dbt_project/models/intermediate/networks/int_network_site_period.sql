{#-
  Site x period: the grade of its worst item with the names of the items that make it, and whether every item attained.
  Items that were not measured, or whose non-detect is above the limit, are left out.
-#}
with named as (
    select
        s.*,
        coalesce(p.name_zh, s.parameter) as parameter_zh,
        max(s.worst_rank) over (
            partition by s.network_id, s.site_id, s.sample, s.period_kind, s.period_start, s.period_end
        ) as site_rank
    from {{ ref('int_network_site_item') }} as s
    left join {{ source('clean', 'declared_network_parameter') }} as p
        on s.network_id = p.network_id and s.parameter = p.parameter
)

select
    network_id,
    site_id,
    sample,
    period_kind,
    period_start,
    period_end,
    site_rank,
    {{ joined('case when worst_rank = site_rank and site_rank > 1 then parameter_zh end', '、', 'parameter') }}
        as worst_items_zh,
    {{ joined('case when n_missed > 0 then parameter_zh end', '、', 'parameter') }} as missed_items_zh,
    count(case when n_values > 0 then 1 end) as n_items,
    sum(n_values) as n_values,
    sum(n_attained) as n_attained,
    sum(n_missed) as n_missed,
    sum(n_hints) as n_hints,
    sum(n_open) as n_open,
    case
        when sum(n_missed) > 0 then false
        when sum(n_attained) > 0 then true
    end as is_attained,
    min(provenance_rank) as provenance_rank
from named
group by network_id, site_id, sample, period_kind, period_start, period_end, site_rank
