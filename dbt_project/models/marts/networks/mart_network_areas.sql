{#-
  Declared figures of areas: means, sums, worst values and shares over the sites that lie in the area. Too few sites with
  something (rule network_area_min_coverage) give no figure; some missing make it indicative.
-#}
with judged as (
    select
        v.*,
        r.network_area_min_coverage,
        v.period_end > {{ as_of() }} as is_pending,
        v.n_valid >= r.network_area_min_coverage * v.n_sites and v.found is not null as is_covered
    from {{ ref('int_network_area_value') }} as v
    inner join {{ ref('int_network_rules') }} as r on {{ in_force('cast(v.period_start as date)', 'r') }}
)

select
    v.network_id,
    n.name_zh as network_name_zh,
    v.area_figure_id,
    f.name_zh as area_figure_name_zh,
    f.tree,
    f.area_level,
    l.name_zh as area_level_zh,
    v.area_code,
    {{ area_name('v.area_code', 'd.name_zh') }} as area_name_zh,
    v.period_kind,
    cast(v.period_start as date) as period_start,
    cast(v.period_end - interval 1 minute as date) as period_end,
    case when v.is_covered and not v.is_pending then v.found end as value,
    case when v.is_covered and not v.is_pending then g.name_zh end as value_zh,
    f.unit,
    cast(v.n_sites as bigint) as n_expected,
    cast(v.n_valid as bigint) as n_valid,
    cast(case when v.attains then v.n_attained end as bigint) as n_attained,
    cast(coalesce(v.n_suspect, 0) as bigint) as n_suspect,
    {{ coverage('v.n_valid', 'v.n_sites') }} as coverage,
    case
        when v.is_pending then 'pending'
        when not v.is_covered then 'insufficient'
        when v.n_valid < v.n_sites then 'indicative'
        else 'valid'
    end as validity,
    case
        when v.is_pending then 'the period is not over'
        when v.is_covered and v.n_valid = v.n_sites then ''
        else concat(v.n_valid, ' of ', v.n_sites, ' sites')
    end as validity_reason,
    f.indicator_id,
    coalesce(f.standard, '') as standard,
    coalesce(f.clause, '') as clause,
    {{ provenance_of_rank('coalesce(v.provenance_rank, v.any_provenance_rank)') }} as provenance
from judged as v
inner join {{ source('clean', 'declared_network') }} as n on v.network_id = n.network_id
inner join {{ ref('stg_network_area') }} as f
    on v.network_id = f.network_id and v.area_figure_id = f.area_figure_id
left join {{ source('clean', 'declared_network_grade') }} as g
    on v.network_id = g.network_id and v.statistic = 'worst' and v.of_grades and v.found = g.rank
left join {{ ref('area_levels') }} as l on f.area_level = l.area_level
left join {{ ref('stg_area_name') }} as d on v.area_code = d.area_code
