{#-
  Months in which a section missed the class target of the site register, as events: one per item whose class is worse
  than the target, against the target's own limit of that item. Months in a row are one event (rule
  event_gap_month_class). A month that is not over is none yet; a section without a target has no limit to exceed. A
  month whose item would keep the target without its suspect readings is a hint.
-#}
{%- set compared = [
    ('attainment', 'c.class_rank > c.target_rank', 'coalesce(c.sure_class_rank > c.target_rank, false)')
] %}
with last_complete as (
    select cast(max(period_start) as timestamp) as month_start
    from {{ ref('int_water_period') }}
    where period_kind = 'month' and not is_pending
),

items as (
    select
        c.*,
        s.class_target,
        s.target_rank
    from {{ ref('int_water_item_class') }} as c
    inner join {{ ref('int_water_section_class') }} as s
        on c.period_kind = s.period_kind and c.period_start = s.period_start and c.site_id = s.site_id
    where
        c.period_kind = 'month' and s.validity in ('valid', 'indicative')
        and c.in_class_assessment and c.class_rank > s.target_rank
),

judged as (
    select
        c.*,
        c.n_suspect > 0 and {{ suspects_decide(compared) }} as is_hint,
        {{ suspects_decide_reason('c.n_suspect', 'values', compared) }} as suspects
    from items as c
),

periods as (
    select
        case when c.is_hint then 'hint' else 'exceedance' end as kind,
        c.site_id,
        c.parameter,
        c.item_zh as parameter_zh,
        case when c.is_hint then 'month' else 'month_class' end as averaging,
        cast(c.period_start as timestamp) as period_start,
        cast({{ months_after('c.period_start', 1) }} as timestamp) as period_end,
        true as exceeds,
        c.assessed_value as value,
        case
            when l.limit_high is null or c.assessed_value < l.limit_low then -c.assessed_value
            else c.assessed_value
        end as badness,
        c.unit,
        case when l.limit_high is null or c.assessed_value < l.limit_low then l.limit_low else l.limit_high end
            as limit_value,
        concat('class ', c.class_target) as limit_text,
        c.has_exceedance_multiple as has_multiple,
        c.n_values as readings,
        m.month_start as last_complete_start,
        case when c.is_hint then c.suspects else '' end as reason,
        l.standard,
        concat(l.clause, ', class ', c.class_target, ' as the class target of the section') as clause,
        {{ provenance_of_rank('c.provenance_rank') }} as provenance
    from judged as c
    inner join {{ ref('gb3838_limits') }} as l
        on
            c.parameter = l.parameter and c.water_type = l.water_type and c.target_rank = l.class_rank
            and {{ in_force('c.period_end', 'l') }}
    cross join last_complete as m
)

-- To events (macros/events.sql): periods of one site, parameter and limit with at most event_gap_<averaging> others
-- between them are one event; the largest badness is its peak.
{{ events_from('periods', 'water') }}
