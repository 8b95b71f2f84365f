{#-
  Noise events: Ld and Ln above the limit of the point's class on that date. Hints: the same where suspect readings
  decide it; an hour far above its part's limit, for no limit applies to an hour; and a maximum of the night above its
  limit and the allowance for single events (GB 3096-2008, 5.4), for the Lmax of an hour, or of a whole night as
  delivered, does not say what made it.
-#}
with parts as (
    select * from {{ ref('int_noise_part') }}
    where limit_db is not null
),

complete as (
    select
        part,
        max(part_start) as last_complete_start
    from {{ ref('int_noise_part') }}
    where validity <> 'pending'
    group by part
),

slots as (
    select
        s.site_id,
        s.is_hour,
        s.slot_start,
        s.slot_end,
        s.leq_db,
        s.lmax_db,
        s.is_valid,
        s.provenance,
        p.metric,
        p.part,
        p.part_start,
        p.part_end,
        p.noise_class,
        p.limit_db,
        p.burst_limit_db,
        p.standard,
        p.clause,
        r.noise_loud_hour_margin_db,
        max(case when s.is_hour then s.slot_start end) over () as last_hour
    from {{ ref('int_noise_slot') }} as s
    inner join parts as p on s.site_id = p.site_id and s.day = p.day and s.part = p.part
    inner join {{ ref('int_noise_rules') }} as r on {{ in_force('s.day', 'r') }}
    where not s.is_weather
),

periods as (
    select
        case when p.validity = 'valid' then 'exceedance' else 'hint' end as kind,
        p.site_id,
        'leq' as parameter,
        '等效声级' as parameter_zh,
        p.metric as averaging,
        p.part_start as period_start,
        p.part_end as period_end,
        not p.is_attained as exceeds,
        p.level_db as value,
        p.level_db as badness,
        p.limit_db as limit_value,
        concat('class ', p.noise_class, ', ', p.part) as limit_text,
        p.hours_valid as readings,
        c.last_complete_start,
        case when p.validity = 'valid' then '' else p.validity_reason end as reason,
        p.standard,
        p.clause,
        p.provenance
    from parts as p
    inner join complete as c on p.part = c.part
    where not p.is_attained
    union all
    select
        'hint' as kind,
        s.site_id,
        'lmax' as parameter,
        '最大声级' as parameter_zh,
        case when s.is_hour then 'hour' else 'day' end as averaging,
        case when s.is_hour then s.slot_start else s.part_start end as period_start,
        case when s.is_hour then s.slot_end else s.part_end end as period_end,
        true as exceeds,
        s.lmax_db as value,
        s.lmax_db as badness,
        s.burst_limit_db as limit_value,
        concat('class ', s.noise_class, ', single event of the night') as limit_text,
        1 as readings,
        case when s.is_hour then s.last_hour else c.last_complete_start end as last_complete_start,
        {{ reason('maximum_of_night_too_high') }} as reason,
        s.standard,
        s.clause,
        s.provenance
    from slots as s
    inner join complete as c on s.part = c.part
    where s.lmax_db > s.burst_limit_db
    union all
    select
        'hint' as kind,
        s.site_id,
        'leq' as parameter,
        '等效声级' as parameter_zh,
        'hour' as averaging,
        s.slot_start as period_start,
        s.slot_end as period_end,
        true as exceeds,
        s.leq_db as value,
        s.leq_db as badness,
        null as limit_value,
        concat(
            'hour above the ', s.part, ' limit of class ', s.noise_class, ' by more than ',
            cast(s.noise_loud_hour_margin_db as integer), ' dB'
        ) as limit_text,
        1 as readings,
        s.last_hour as last_complete_start,
        {{ reason('loud_hour') }} as reason,
        e.standard,
        e.clause,
        s.provenance
    from slots as s
    inner join {{ ref('int_rules') }} as e
        on e.rule_id = 'noise_loud_hour_margin_db' and {{ in_force('cast(s.slot_start as date)', 'e') }}
    where s.is_hour and s.is_valid and s.leq_db > s.limit_db + s.noise_loud_hour_margin_db
),

described as (
    select
        *,
        'dB(A)' as unit,
        false as has_multiple
    from periods
)

-- To events (macros/events.sql): periods of one site, parameter and limit with at most event_gap_<averaging> others
-- between them are one event; the largest badness is its peak.
{{ events_from('described', 'noise') }}
