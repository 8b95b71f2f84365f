{#-
  Each case as it is now. Its state is what was last said of it; where a register is delivered whole, a case that the
  first whole delivery after that lacks is kept, closed or withdrawn as the register declares. `left_on` is the first day
  on which it is not in the inventory any more: the closing day of a case, the day after the last one of a membership.
-#}
-- A case whose state is not declared is open or closed by whether it has a closing day.
with said as (
    select
        s.register_id,
        s.case_id,
        s.source_id,
        s.known_from,
        coalesce(d.meaning, case when s.closed_on is null then 'open' else 'closed' end) as meaning
    from {{ ref('stg_case_said') }} as s
    left join {{ ref('stg_register_state') }} as d
        on s.register_id = d.register_id and s.state = d.state
),

-- Deliveries that said anything else of the case than that it is closed.
not_closed as (
    select
        register_id,
        case_id,
        max(known_from) as last_at
    from said
    where meaning <> 'closed'
    group by register_id, case_id
),

closed_since as (
    select
        s.register_id,
        s.case_id,
        min(s.known_from) as first_at
    from said as s
    left join not_closed as n on s.register_id = n.register_id and s.case_id = n.case_id
    where s.meaning = 'closed' and (n.last_at is null or s.known_from > n.last_at)
    group by s.register_id, s.case_id
),

seen as (
    select
        register_id,
        case_id,
        source_id,
        max(known_from) as last_seen_at
    from said
    group by register_id, case_id, source_id
),

-- The first delivery after the last one with the case that held all of its source and not the case.
gone as (
    select
        s.register_id,
        s.case_id,
        s.source_id,
        min(w.delivered_at) as gone_at
    from seen as s
    inner join {{ ref('stg_register') }} as r on s.register_id = r.register_id and r.is_snapshot
    inner join {{ ref('int_case_snapshot') }} as w
        on
            s.register_id = w.register_id and s.source_id = w.source_id and w.is_whole
            and s.last_seen_at < w.delivered_at
    group by s.register_id, s.case_id, s.source_id
),

-- A site without an end may have a further entry: the first that begins after a day ends it.
sites as (
    select
        *,
        lead(valid_from) over (partition by feed, site_id order by valid_from) as next_from
    from {{ ref('stg_site_register') }}
),

joined as (
    select
        c.*,
        r.kind,
        r.absence,
        r.area_level,
        r.on_time_days,
        s.last_seen_at,
        g.gone_at,
        coalesce(d.meaning, case when c.closed_on is null then 'open' else 'closed' end) as said_meaning,
        coalesce(cast(z.first_at as date), cast(c.known_from as date)) as closed_known_on,
        t.name_zh as site_name_zh,
        coalesce(
            c.area_code,
            case when {{ is_area_code('c.site_id') }} then c.site_id else t.area_code end,
            '{{ sql_text("area_code") }}'
        ) as case_area
    from {{ ref('stg_case') }} as c
    inner join {{ ref('stg_register') }} as r on c.register_id = r.register_id
    left join {{ ref('stg_register_state') }} as d
        on c.register_id = d.register_id and c.state = d.state
    left join seen as s on c.register_id = s.register_id and c.case_id = s.case_id and c.source_id = s.source_id
    left join gone as g on c.register_id = g.register_id and c.case_id = g.case_id and c.source_id = g.source_id
    left join closed_since as z on c.register_id = z.register_id and c.case_id = z.case_id
    left join sites as t
        on
            c.register_id = t.feed and c.site_id = t.site_id and {{ in_force('c.opened_on', 't') }}
            and (t.next_from is null or c.opened_on < t.next_from)
),

judged as (
    select
        *,
        case
            when said_meaning = 'open' and gone_at is not null and absence <> 'kept' then absence
            else said_meaning
        end as meaning,
        case
            when said_meaning = 'closed' and closed_on is not null then 'reported'
            when said_meaning = 'closed' then 'first_known'
            when said_meaning = 'open' and gone_at is not null and absence = 'closed' then 'absent'
            else 'none'
        end as closed_basis
    from joined
),

gone_from as (
    select
        *,
        case closed_basis
            when 'reported' then case when kind = 'list' then {{ days_after('closed_on', 1) }} else closed_on end
            when 'first_known' then closed_known_on
            when 'absent' then cast(gone_at as date)
        end as first_day_without
    from judged
),

dated as (
    select
        *,
        case when first_day_without is not null then greatest(first_day_without, opened_on) end as left_on
    from gone_from
)

select
    register_id,
    case_id,
    kind,
    area_level as counted_to_level,
    source_id,
    entity,
    entity_name,
    case when not {{ is_area_code('site_id') }} then site_id end as site_id,
    site_name_zh,
    case_area as area_code,
    coalesce(category, '') as category,
    coalesce(state, '') as state,
    meaning,
    opened_on,
    case
        when kind = 'list' then null
        else coalesce(due_on, cast(opened_on + cast(on_time_days as integer) as date))
    end as due_on,
    case
        when kind = 'list' then 'none'
        when due_on is not null then 'reported'
        when on_time_days is not null then 'declared'
        else 'none'
    end as due_basis,
    case when left_on is not null and kind = 'list' then {{ days_after('left_on', -1) }} else left_on end as closed_on,
    left_on,
    closed_basis,
    amount,
    unit_responsible,
    event_id,
    event_site,
    event_parameter,
    event_date,
    attributes,
    known_from,
    last_seen_at,
    gone_at is not null as is_absent,
    provenance
from dated
