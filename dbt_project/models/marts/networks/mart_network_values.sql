{#-
  Values of declared networks: readings that are shown by themselves (figure_id empty) and figures, each with its grade,
  the limit that decides and whether it is attained. A value whose attainment suspect readings decide is indicative.
-#}
{%- set compared = [('attainment', 'v.is_attained', 'v.sure_is_attained')] %}
with joined as (
    select
        i.*,
        j.grade,
        j.grade_zh,
        j.target,
        j.limit_text,
        j.limit_value,
        j.is_attained,
        j.has_multiple,
        j.certainty,
        j.standard as limit_standard,
        j.clause as limit_clause,
        case when i.n_suspect > 0 then s.is_attained else j.is_attained end as sure_is_attained
    from {{ ref('int_network_item') }} as i
    -- int_network_judged: a row with all readings, and a second one (is_sure) without the suspect ones.
    left join {{ ref('int_network_judged') }} as j on i.item_no = j.item_no and not j.is_sure
    left join {{ ref('int_network_judged') }} as s on i.item_no = s.item_no and s.is_sure
)

select
    v.network_id,
    n.name_zh as network_name_zh,
    v.site_id,
    coalesce(s.name_zh, v.site_id) as site_name_zh,
    s.area_code,
    {{ area_name('s.area_code', 'd.name_zh') }} as area_name_zh,
    v.parameter,
    coalesce(p.name_zh, v.parameter) as parameter_zh,
    v.figure_id,
    case when v.figure_id = '' then '监测值' else coalesce(f.name_zh, v.figure_id) end as figure_name_zh,
    v.method,
    v.fraction,
    v.sample,
    v.taxon,
    v.period_kind,
    v.period_start,
    v.period_end,
    v.value,
    w.name_zh as value_zh,
    v.censored,
    v.unit,
    cast(v.n_expected as bigint) as n_expected,
    cast(v.n_valid as bigint) as n_valid,
    cast(v.n_suspect as bigint) as n_suspect,
    cast(v.n_nondetects as bigint) as n_nondetects,
    {{ coverage('v.n_valid', 'v.n_expected') }} as coverage,
    {{ validity_without_suspects('v.validity', compared) }} as validity,
    case
        when v.validity = 'valid' then coalesce({{ suspects_reason('v.n_suspect', 'values', compared) }}, '')
        else v.validity_reason
    end as validity_reason,
    v.grade,
    v.grade_zh,
    v.target,
    v.limit_text,
    v.limit_value,
    v.is_attained,
    case
        when v.has_multiple and v.is_attained is false
            then {{ round_even_by(
                exact_quotient('(v.value - v.limit_value)', 'v.limit_value'), 'r.event_multiple_decimals'
            ) }}
    end as multiple,
    v.certainty,
    coalesce(v.limit_standard, f.standard, '') as standard,
    coalesce(v.limit_clause, f.clause, '') as clause,
    {{ provenance_of_rank('v.provenance_rank') }} as provenance
from joined as v
inner join {{ source('clean', 'declared_network') }} as n on v.network_id = n.network_id
left join {{ source('clean', 'declared_network_parameter') }} as p
    on v.network_id = p.network_id and v.parameter = p.parameter
left join {{ source('clean', 'declared_network_word') }} as w
    on v.network_id = w.network_id and p.vocabulary = w.vocabulary and v.figure_id = '' and v.value = w.number
left join {{ source('clean', 'declared_network_figure') }} as f
    on v.network_id = f.network_id and v.figure_id = f.figure_id and v.parameter = f.parameter
left join {{ ref('int_network_site') }} as s
    on v.network_id = s.network_id and v.site_id = s.site_id and {{ in_force('v.judged_on', 's') }}
left join {{ ref('stg_area_name') }} as d on s.area_code = d.area_code
left join {{ ref('int_network_rules') }} as r on {{ in_force('v.judged_on', 'r') }}
