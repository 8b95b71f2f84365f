{#-
  Values of declared networks that break a limit or miss the target grade, as events; hints where the limit is not sure
  enough or suspect readings decide: a firm limit is one whose break is an exceedance, the others only hint. Of
  several values of one parameter, site and period the worst counts.
-#}
{%- set compared = [('attainment', 'i.is_attained', 'i.sure_is_attained')] %}
with complete as (
    select
        network_id,
        figure_id,
        max(period_start) as last_complete_start
    from {{ ref('int_network_item') }}
    where validity <> 'pending'
    group by network_id, figure_id
),

broken as (
    select
        i.*,
        j.limit_text,
        j.limit_value,
        j.has_multiple,
        j.is_low_side,
        j.certainty,
        j.standard,
        j.clause,
        j.is_attained,
        j.firm_attained,
        case when i.n_suspect > 0 then s.is_attained else j.is_attained end as sure_is_attained
    from {{ ref('int_network_item') }} as i
    -- int_network_judged: a row with all readings, and a second one (is_sure) without the suspect ones.
    inner join {{ ref('int_network_judged') }} as j on i.item_no = j.item_no and not j.is_sure
    left join {{ ref('int_network_judged') }} as s on i.item_no = s.item_no and s.is_sure
    where j.is_attained is false
),

described as (
    select
        case
            when i.firm_attained is false and i.sure_is_attained is false then 'exceedance' else 'hint'
        end as kind,
        i.network_id,
        i.site_id,
        i.parameter,
        coalesce(p.name_zh, i.parameter) as parameter_zh,
        i.period_kind as averaging,
        i.period_start,
        -- A sample has no length: one minute.
        case when i.period_end > i.period_start then i.period_end else i.period_start + interval 1 minute end
            as period_end,
        true as exceeds,
        i.value,
        case when i.is_low_side then -i.value else i.value end as badness,
        i.unit,
        i.limit_value,
        i.limit_text,
        i.has_multiple,
        i.readings,
        c.last_complete_start,
        n.cadence_minutes as step_minutes,
        case
            when i.firm_attained is not false then concat('the limit is of certainty ', i.certainty)
            else coalesce({{ suspects_reason('i.n_suspect', 'values', compared) }}, '')
        end as reason,
        i.standard,
        i.clause,
        {{ provenance_of_rank('i.provenance_rank') }} as provenance,
        i.figure_id,
        i.item_no
    from broken as i
    inner join complete as c on i.network_id = c.network_id and i.figure_id = c.figure_id
    inner join {{ source('clean', 'declared_network') }} as n on i.network_id = n.network_id
    left join {{ source('clean', 'declared_network_parameter') }} as p
        on i.network_id = p.network_id and i.parameter = p.parameter
),

numbered as (
    select
        *,
        row_number() over (
            partition by network_id, site_id, parameter, averaging, period_start
            -- An exceedance before a hint.
            order by kind asc, badness desc, figure_id asc, item_no asc
        ) as place
    from described
),

periods as (
    select * from numbered
    where place = 1
)

-- To events (macros/events.sql): periods of one site, parameter and limit with at most event_gap_<averaging> others
-- between them are one event; the largest badness is its peak.
{{ events_from('periods', 'networks', by_network=true) }}
