{#-
  Milestones of the 16 key projects as their units report them, one row per milestone and full year: returns of the item
  project_milestone name the project and the milestone in plan_ref (project:<no>:<milestone>) and its name in the note.
-#}
with reported as (
    -- Two units that report different progress for one milestone leave it open which holds.
    select
        p.project_no,
        p.name_zh as project_name_zh,
        {{ milestone_of('v.plan_ref') }} as milestone_no,
        max(v.note) as milestone_zh,
        v.period_start,
        case when count(v.value) = count(*) and min(v.value) = max(v.value) then max(v.value) end as value,
        count(*) as n_expected,
        count(v.value) as n_valid,
        sum(v.n_suspect) as n_suspect,
        {{ least_provenance('v.provenance') }} as provenance
    from {{ admitted('mart_returns_values') }} as v
    inner join {{ ref('plan_key_projects') }} as p
        on v.plan_ref like concat('project:', cast(p.project_no as string), ':%')
    where
        v.item = 'project_milestone' and v.period_kind = 'year' and v.area_code = '{{ sql_text("area_code") }}'
    group by p.project_no, p.name_zh, {{ milestone_of('v.plan_ref') }}, v.period_start
)

select
    m.project_no,
    m.project_name_zh,
    m.milestone_no,
    coalesce(m.milestone_zh, '') as milestone_zh,
    cast(extract(year from m.period_start) as bigint) as year,
    cast(m.value as decimal(18, 6)) as progress_pct,
    m.value >= r.plan_progress_complete as is_reached,
    cast(m.n_expected as bigint) as n_expected,
    cast(m.n_valid as bigint) as n_valid,
    cast(m.n_suspect as bigint) as n_suspect,
    {{ coverage('m.n_valid', 'm.n_expected') }} as coverage,
    case when m.value is null then 'insufficient' else 'valid' end as validity,
    case
        when m.value is not null then ''
        when m.n_valid < m.n_expected then 'left out by flag'
        else 'reporting units disagree'
    end as validity_reason,
    '朝阳区“十四五”规划' as standard,
    'key projects, annex' as clause,
    m.provenance
from reported as m
inner join {{ ref('int_plan_rules') }} as r on {{ in_force('m.period_start', 'r') }}
