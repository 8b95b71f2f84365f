{#-
  The key projects of each plan's annex: deadline, responsible units, quantity, and the progress that returns report.
  Met when the progress is complete or the quantity reached by the end of the deadline year, missed afterwards; before
  that on_track or at_risk against an even pace from the plan's first year on. A project of which neither progress nor
  quantity is reported is judged by its milestones. A project that promises the same as a commitment (seed
  plan_shared_promises) has the commitment's verdict, year and value.
-#}
with projects as (
    select
        p.plan_id,
        p.project_no,
        p.name_zh,
        p.content_zh,
        p.deadline_year,
        p.responsible_zh,
        p.quantity,
        p.quantity_unit,
        n.name_zh as plan_name_zh,
        n.document_zh,
        coalesce(n.ref_prefix, '') as ref_prefix,
        coalesce(n.area_code, '{{ sql_text("area_code") }}') as area_code,
        r.plan_progress_complete as complete,
        r.plan_progress_decimals as decimals,
        coalesce(n.first_year, cast(r.plan_first_year as bigint)) as first_year,
        cast(concat(cast(p.deadline_year as string), '-12-31') as date) <= {{ last_complete_day() }} as is_over,
        -- + 1: on 31 December the year is full.
        cast(extract(year from {{ last_complete_day() }} + 1) as bigint) - 1 as last_full_year,
        coalesce(s.domain_state, 'fresh') as domain_state
    from {{ declared('plan_key_projects') }} as p
    inner join {{ declared('plans') }} as n on p.plan_id = n.plan_id
    inner join {{ ref('int_plan_rules') }} as r on {{ in_force(last_complete_day(), 'r') }}
    left join {{ ref('int_domain_states') }} as s on s.domain = 'returns'
),

reported as (
    -- Two units that report different figures leave it open which holds.
    select
        p.plan_id,
        p.project_no,
        cast(extract(year from v.period_start) as bigint) as year,
        v.item,
        case when count(v.value) = count(*) and min(v.value) = max(v.value) then max(v.value) end as value,
        max(v.n_suspect) as n_suspect,
        {{ least_provenance('v.provenance') }} as provenance
    from {{ admitted('mart_returns_values') }} as v
    inner join projects as p
        on v.plan_ref = concat(p.ref_prefix, 'project:', cast(p.project_no as string)) and v.area_code = p.area_code
    where
        v.item in ('project_progress', 'project_quantity')
        and v.period_kind = 'year'
    group by p.plan_id, p.project_no, extract(year from v.period_start), v.item
    union all
    select
        plan_id,
        project_no,
        year,
        'milestone' as item,
        progress_pct as value,
        least(n_suspect, 1) as n_suspect,
        provenance
    from {{ ref('mart_key_project_milestones') }}
),

yearly as (
    select
        plan_id,
        project_no,
        year,
        max(case when item = 'project_progress' then value end) as progress,
        max(case when item = 'project_quantity' then value end) as quantity,
        count(case when item = 'milestone' then 1 end) as n_milestones,
        count(case when item = 'milestone' then value end) as n_milestones_valid,
        sum(case when item = 'milestone' then value end) as milestone_sum,
        min(case when item = 'milestone' then value end) as milestone_least,
        count(*) as n_expected,
        count(value) as n_valid,
        sum(n_suspect) as n_suspect,
        {{ least_provenance('provenance') }} as provenance
    from reported
    group by plan_id, project_no, year
),

measured as (
    select
        y.*,
        p.deadline_year,
        p.last_full_year,
        case
            when y.progress is not null then 'progress'
            when y.quantity is not null and p.quantity > 0 then 'quantity'
            when y.n_milestones_valid = y.n_milestones and y.n_milestones > 0 then 'milestones'
        end as judged_by,
        case
            when y.progress is not null then {{ round_even_by('y.progress', 'p.decimals') }}
            when y.quantity is not null and p.quantity > 0
                then {{ round_even_by(exact_quotient('y.quantity * 100', 'p.quantity'), 'p.decimals') }}
            when y.n_milestones_valid = y.n_milestones
                then {{ round_even_by(exact_quotient('y.milestone_sum', 'y.n_milestones_valid'), 'p.decimals') }}
        end as done_pct,
        coalesce(y.progress >= p.complete, false)
        or coalesce(y.quantity >= p.quantity, false)
        or (
            y.progress is null and y.quantity is null and y.n_milestones_valid = y.n_milestones
            and coalesce(y.milestone_least >= p.complete, false)
        ) as is_complete
    from yearly as y
    inner join projects as p on y.plan_id = p.plan_id and y.project_no = p.project_no
),

judged as (
    select
        *,
        row_number() over (partition by plan_id, project_no order by year desc) as nth
    from measured
    where judged_by is not null and year <= deadline_year and year <= last_full_year
),

milestones as (
    select
        plan_id,
        project_no,
        year,
        count(*) as n_milestones,
        count(case when is_reached then 1 end) as n_reached,
        {{ joined(
            "case when not coalesce(is_reached, false) then coalesce(nullif(milestone_name_zh, ''), milestone_no) end",
            '、', 'milestone_no'
        ) }} as open_zh
    from {{ ref('mart_key_project_milestones') }}
    group by plan_id, project_no, year
),

latest as (
    select
        plan_id,
        project_no,
        max(year) as year,
        min(case when is_complete then year end) as completed_year
    from measured
    where judged_by is not null and year <= last_full_year
    group by plan_id, project_no
),

decided as (
    select
        p.*,
        j.year as judged_year,
        j.judged_by,
        j.done_pct,
        j.is_complete,
        j.n_expected,
        j.n_valid,
        j.n_suspect,
        j.provenance as value_provenance,
        l.year as latest_year,
        l.completed_year,
        s.commitment_id,
        s.project_item,
        c.status_reason as commitment_reason,
        c.judged_year as commitment_year,
        c.judged_value as commitment_value,
        c.judged_against as commitment_target,
        c.judged_operator in ('>=', '>') and c.judged_against > 0 as is_commitment_share,
        c.attained_year as commitment_attained_year,
        c.latest_year as commitment_latest_year,
        c.latest_value as commitment_latest_value,
        c.n_expected as commitment_n_expected,
        c.n_valid as commitment_n_valid,
        c.n_suspect as commitment_n_suspect,
        c.validity as commitment_validity,
        c.validity_reason as commitment_validity_reason,
        c.provenance as commitment_provenance,
        coalesce(c.status in ('met', 'missed', 'on_track', 'at_risk'), false) as is_judged_by_commitment,
        case
            when c.promise_id is not null then c.status
            when p.domain_state = 'empty' or l.year is null then 'no_data'
            when j.year is null then 'insufficient_data'
            when j.is_complete and p.is_over then 'met'
            when j.is_complete then 'on_track'
            when p.is_over and j.year < p.deadline_year then 'insufficient_data'
            when p.is_over then 'missed'
            when
                j.done_pct * (p.deadline_year - p.first_year + 1) >= p.complete * (j.year - p.first_year + 1)
                then 'on_track'
            else 'at_risk'
        end as status
    from projects as p
    left join judged as j on p.plan_id = j.plan_id and p.project_no = j.project_no and j.nth = 1
    left join latest as l on p.plan_id = l.plan_id and p.project_no = l.project_no
    left join {{ declared('plan_shared_promises') }} as s on p.plan_id = s.plan_id and p.project_no = s.project_no
    left join {{ ref('int_plan_judged') }} as c on p.plan_id = c.plan_id and s.commitment_id = c.promise_id
),

shown as (
    select
        d.*,
        case when d.is_judged_by_commitment then d.commitment_year else d.judged_year end as shown_year,
        case when d.is_judged_by_commitment then 'commitment' else d.judged_by end as shown_by,
        case
            when not d.is_judged_by_commitment then d.done_pct
            when d.is_commitment_share
                then {{ round_even_by(
                    exact_quotient('d.commitment_value * 100', 'd.commitment_target'), 'd.decimals'
                ) }}
        end as shown_pct,
        case when d.is_judged_by_commitment then d.commitment_n_expected else d.n_expected end as shown_n_expected,
        case when d.is_judged_by_commitment then d.commitment_n_valid else d.n_valid end as shown_n_valid
    from decided as d
)

select
    d.plan_id,
    d.plan_name_zh,
    d.project_no,
    d.name_zh as project_name_zh,
    d.content_zh,
    d.deadline_year,
    d.responsible_zh,
    d.quantity as quantity_promised,
    d.quantity_unit,
    cast(d.shown_year as bigint) as judged_year,
    d.shown_by as judged_by,
    coalesce(d.commitment_id, '') as commitment_id,
    cast(d.shown_pct as decimal(18, 6)) as progress_pct,
    cast(
        case
            when d.is_judged_by_commitment and d.project_item = 'project_quantity' then d.commitment_value
            else y.quantity
        end as decimal(18, 6)
    ) as quantity_done,
    cast(coalesce(m.n_milestones, 0) as bigint) as milestones,
    cast(coalesce(m.n_reached, 0) as bigint) as milestones_reached,
    coalesce(m.open_zh, '') as milestones_open_zh,
    cast(case when d.is_judged_by_commitment then d.commitment_latest_year else d.latest_year end as bigint)
        as latest_year,
    cast(
        case
            when not d.is_judged_by_commitment then b.done_pct
            when d.is_commitment_share
                then {{ round_even_by(
                    exact_quotient('d.commitment_latest_value * 100', 'd.commitment_target'), 'd.decimals'
                ) }}
        end as decimal(18, 6)
    ) as latest_progress_pct,
    cast(case when d.is_judged_by_commitment then d.commitment_attained_year else d.completed_year end as bigint)
        as completed_year,
    d.status,
    case
        -- empty: held with no earlier release
        when d.domain_state = 'empty' then 'held'
        when d.commitment_id is not null
            then concat_ws(
                    '; ', concat('one promise with the commitment ', d.commitment_id), nullif(d.commitment_reason, '')
                )
        when d.status = 'no_data' then 'nothing is reported of it'
        when d.status = 'insufficient_data' and d.judged_year is null
            then concat('no report of a full year up to ', cast(d.deadline_year as string))
        when d.status = 'insufficient_data'
            then concat(
                    'no report of ', cast(d.deadline_year as string), '; the latest, of ',
                    cast(d.judged_year as string), ', is not complete'
                )
        when d.domain_state = 'held' then 'judged on the tables of an earlier release: the domain is held'
        when d.status = 'missed' and d.completed_year > d.deadline_year
            then concat('complete in ', cast(d.completed_year as string), ', after its deadline')
        when d.status = 'on_track' and not d.is_complete then 'not complete yet, on or ahead of an even pace'
        when d.status = 'at_risk' then 'not complete yet, behind an even pace'
        when d.status in ('met', 'on_track') and m.n_reached < m.n_milestones
            then concat('complete, but milestones are open: ', m.open_zh)
        else ''
    end as status_reason,
    cast(d.shown_n_expected as bigint) as n_expected,
    cast(d.shown_n_valid as bigint) as n_valid,
    cast(case when d.is_judged_by_commitment then d.commitment_n_suspect else d.n_suspect end as bigint) as n_suspect,
    case when d.shown_year is not null then {{ coverage('d.shown_n_valid', 'd.shown_n_expected') }} end as coverage,
    case
        when d.is_judged_by_commitment then d.commitment_validity
        when d.judged_year is null then null
        when d.n_valid < d.n_expected then 'indicative'
        else 'valid'
    end as validity,
    case
        when d.is_judged_by_commitment then coalesce(d.commitment_validity_reason, '')
        when d.n_valid < d.n_expected then 'reports left out by flag, or reporting units disagree'
        else ''
    end as validity_reason,
    d.document_zh as standard,
    'key projects, annex' as clause,
    d.domain_state,
    coalesce(case when d.is_judged_by_commitment then d.commitment_provenance else d.value_provenance end, 'plan')
        as provenance
from shown as d
left join measured as y on d.plan_id = y.plan_id and d.project_no = y.project_no and d.shown_year = y.year
left join measured as b on d.plan_id = b.plan_id and d.project_no = b.project_no and d.latest_year = b.year
left join milestones as m on d.plan_id = m.plan_id and d.project_no = m.project_no and d.shown_year = m.year
