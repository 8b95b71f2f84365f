{#-
  Ecology, soil and emissions by year: EI and EQI with grade and word for the change, forest and tree cover, the red
  line area, safe-use rates, project reductions by year and summed over the plan, each with the items it is made of.
  EI and EQI are side by side and are never compared with each other; a change is against the very year before. EI by
  HJ 192-2015 and EQI by 区域生态质量评价办法（试行） are computed in int_returns_yearly; their grades and words of change are the
  seeds ecology_grades and ecology_change_terms.
-#}
with figures as (
    select
        m.measure_id,
        m.seq,
        m.theme,
        m.theme_zh,
        m.name_zh,
        m.part_of,
        m.index_id,
        i.area_code,
        i.area_name_zh,
        i.period_start,
        i.period_end,
        i.value,
        i.unit,
        i.n_expected,
        i.n_valid,
        i.n_suspect,
        i.coverage,
        i.validity,
        i.validity_reason_code as validity_reason,
        i.standard,
        i.clause,
        i.provenance
    from {{ ref('ecology_measures') }} as m
    inner join {{ ref('mart_returns_indicators') }} as i
        on m.source_id = i.indicator_id and coalesce(m.source_variant, '') = i.variant
    where m.source_kind = 'indicator'
    union all
    select
        m.measure_id,
        m.seq,
        m.theme,
        m.theme_zh,
        m.name_zh,
        m.part_of,
        m.index_id,
        y.area_code,
        {{ area_name('y.area_code', 'a.name_zh') }} as area_name_zh,
        y.period_start,
        y.period_end,
        cast(y.reported_value as decimal(18, 6)) as value,
        y.unit,
        cast(1 as bigint) as n_expected,
        cast(case when y.reported_value is null then 0 else 1 end as bigint) as n_valid,
        case when y.reported_value is not null then y.n_suspect end as n_suspect,
        cast(case when y.reported_value is null then 0 else 1 end as decimal(9, 4)) as coverage,
        case when y.reported_value is null then 'insufficient' else 'valid' end as validity,
        case
            when y.reported_value is null then {{ reason('units_disagree') }} else ''
        end as validity_reason,
        '统计报表' as standard,
        'as reported' as clause,
        y.provenance
    from {{ ref('ecology_measures') }} as m
    inner join {{ ref('int_returns_yearly') }} as y on m.source_id = y.item and y.is_reported
    left join {{ ref('stg_area_name') }} as a on y.area_code = a.area_code
    where m.source_kind = 'item'
),

compared as (
    select
        f.*,
        b.value as previous_value,
        f.value - b.value as change_on_previous
    from figures as f
    left join figures as b
        on
            f.area_code = b.area_code
            and f.measure_id = b.measure_id
            and f.unit = b.unit
            and f.period_start = b.period_start + interval 1 year
)

select
    c.area_code,
    c.area_name_zh,
    {{ area_level('c.area_code') }} as area_level,
    c.period_start,
    c.period_end,
    c.seq,
    c.theme,
    c.theme_zh,
    c.measure_id,
    c.name_zh as measure_name_zh,
    case when c.part_of is null then 'figure' else 'part' end as measure_role,
    coalesce(c.part_of, '') as part_of,
    cast(c.value as decimal(18, 6)) as value,
    c.unit,
    cast(c.previous_value as decimal(18, 6)) as previous_value,
    cast(c.change_on_previous as decimal(18, 6)) as change_on_previous,
    t.change_term,
    case when c.change_on_previous < 0 then t.fall_zh else t.rise_zh end as change_term_zh,
    g.grade,
    g.grade_zh,
    c.n_expected,
    c.n_valid,
    c.n_suspect,
    c.coverage,
    c.validity,
    c.validity_reason,
    c.standard,
    c.clause,
    c.provenance
from compared as c
left join {{ ref('ecology_grades') }} as g
    on
        c.index_id = g.index_id
        and {{ in_force('c.period_end', 'g') }}
        and (g.from_value is null or c.value >= g.from_value)
        and (g.below_value is null or c.value < g.below_value)
left join {{ ref('ecology_change_terms') }} as t
    on
        c.index_id = t.index_id
        and {{ in_force('c.period_end', 't') }}
        and abs(c.change_on_previous) >= t.from_change
        and (t.below_change is null or abs(c.change_on_previous) < t.below_change)
