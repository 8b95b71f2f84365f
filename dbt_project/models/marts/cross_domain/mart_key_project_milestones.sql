{#-
  Milestones of the key projects of each plan, one row per milestone and full year: returns of the item
  project_milestone name the project and the milestone in plan_ref (project:<no>:<milestone>) and its name in the note.
  A milestone that the plan itself declares (plan_milestones) is there in its due year even if nobody reports it.
-#}
with projects as (
    select
        p.plan_id,
        n.name_zh as plan_name_zh,
        n.document_zh,
        coalesce(n.area_code, '{{ sql_text("area_code") }}') as area_code,
        p.project_no,
        p.name_zh,
        concat(coalesce(n.ref_prefix, ''), 'project:', cast(p.project_no as string), ':') as reference
    from {{ declared('plan_key_projects') }} as p
    inner join {{ declared('plans') }} as n on p.plan_id = n.plan_id
),

reported as (
    -- Two units that report different progress for one milestone leave it open which holds.
    select
        p.plan_id,
        p.project_no,
        substr(v.plan_ref, length(p.reference) + 1) as milestone_no,
        max(v.note) as milestone_name_zh,
        v.period_start,
        case when count(v.value) = count(*) and min(v.value) = max(v.value) then max(v.value) end as value,
        count(*) as n_expected,
        count(v.value) as n_valid,
        sum(v.n_suspect) as n_suspect,
        {{ least_provenance('v.provenance') }} as provenance
    from {{ admitted('mart_returns_values') }} as v
    inner join projects as p
        on v.area_code = p.area_code and substr(v.plan_ref, 1, length(p.reference)) = p.reference
    where v.item = 'project_milestone' and v.period_kind = 'year'
    group by p.plan_id, p.project_no, substr(v.plan_ref, length(p.reference) + 1), v.period_start
),

due as (
    select
        m.*,
        cast(concat(cast(m.due_year as string), '-01-01') as date) as due_start
    from {{ declared('plan_milestones') }} as m
),

known as (
    select
        r.plan_id,
        r.project_no,
        r.milestone_no,
        coalesce(nullif(r.milestone_name_zh, ''), d.name_zh, '') as milestone_name_zh,
        d.due_year,
        r.period_start,
        r.value,
        r.n_expected,
        r.n_valid,
        r.n_suspect,
        case when r.n_valid < r.n_expected then 'left out by flag' else 'reporting units disagree' end as doubt,
        r.provenance
    from reported as r
    left join due as d
        on r.plan_id = d.plan_id and r.project_no = d.project_no and r.milestone_no = d.milestone_no
    union all
    select
        d.plan_id,
        d.project_no,
        d.milestone_no,
        d.name_zh as milestone_name_zh,
        d.due_year,
        d.due_start as period_start,
        null as value,
        1 as n_expected,
        0 as n_valid,
        null as n_suspect,
        'nothing is reported of its due year' as doubt,
        'plan' as provenance
    from due as d
    where
        not exists (
            select 1 from reported as r
            where
                d.plan_id = r.plan_id and d.project_no = r.project_no and d.milestone_no = r.milestone_no
                and d.due_start = r.period_start
        )
)

select
    m.plan_id,
    p.plan_name_zh,
    m.project_no,
    p.name_zh as project_name_zh,
    m.milestone_no,
    m.milestone_name_zh,
    m.due_year,
    cast(extract(year from m.period_start) as bigint) as year,
    cast(m.value as decimal(18, 6)) as progress_pct,
    m.value >= r.plan_progress_complete as is_reached,
    cast(m.n_expected as bigint) as n_expected,
    cast(m.n_valid as bigint) as n_valid,
    cast(m.n_suspect as bigint) as n_suspect,
    {{ coverage('m.n_valid', 'm.n_expected') }} as coverage,
    case when m.value is null then 'insufficient' else 'valid' end as validity,
    case when m.value is not null then '' else m.doubt end as validity_reason,
    p.document_zh as standard,
    'key projects, annex' as clause,
    m.provenance
from known as m
inner join projects as p on m.plan_id = p.plan_id and m.project_no = p.project_no
inner join {{ ref('int_plan_rules') }} as r on {{ in_force('m.period_start', 'r') }}
