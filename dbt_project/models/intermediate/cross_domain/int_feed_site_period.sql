{#-
  What each site should have given in a period and what of it is there: months, for quarters and years years. A day is
  silent without a reading, and incomplete with fewer than the series should give; neither is said while readings may
  still arrive within the allowed lateness. Registered sites of which nothing was ever heard are expected as soon as
  others of their kind are heard, and nobody knows how many readings. Not here: what was received (mart_data_health_site).
-#}
{%- set last_day = 'cast(' ~ as_of() ~ ' as date)' %}
with readings as (
    select
        feed,
        site_id,
        day,
        sum(readings_present) as n_received
    from {{ ref('int_feed_day') }}
    where rhythm in ('day', 'load')
    group by feed, site_id, day
),

-- Site × day of what comes every day.
daily as (
    select
        feed,
        site_id,
        first_day,
        last_day,
        sum(per_period) as per_day
    from {{ ref('int_feed_series') }}
    where rhythm in ('day', 'load')
    group by feed, site_id, first_day, last_day
),

days as (
    select d.day
    from ({{ day_series('(select min(first_day) from daily)', last_day) }}) as d
),

expected_days as (
    select
        s.feed,
        s.site_id,
        d.day,
        sum(s.per_day) as n_expected
    from daily as s
    inner join days as d on s.first_day <= d.day and (s.last_day is null or s.last_day >= d.day)
    group by s.feed, s.site_id, d.day
),

judged_days as (
    select
        e.feed,
        e.site_id,
        e.day,
        cast(date_trunc('month', e.day) as date) as period_start,
        e.n_expected,
        coalesce(r.n_received, 0) as n_received,
        case
            when {{ hours_after('e.day + interval 1 day', 'f.lateness_allowed_hours') }} > {{ as_of() }} then 'pending'
            when r.n_received is null then 'silent'
            when r.n_received < e.n_expected then 'incomplete'
            else 'complete'
        end as state
    from expected_days as e
    inner join {{ ref('int_feeds') }} as f on e.feed = f.feed
    left join readings as r on e.feed = r.feed and e.site_id = r.site_id and e.day = r.day
),

numbered as (
    select
        *,
        row_number() over (partition by feed, site_id, period_start order by day)
        - row_number() over (partition by feed, site_id, period_start, state order by day) as run_no
    from judged_days
),

-- Days in a row that are in one state.
runs as (
    select
        feed,
        site_id,
        period_start,
        state,
        sum(n_expected) as n_expected,
        -- What comes more often than it should makes up for no other day.
        sum(case when n_expected is not null then least(n_received, n_expected) else 0 end) as n_counted,
        count(*) as n_days,
        count(case when n_received > 0 then 1 end) as n_days_received,
        min(day) as first_day,
        max(day) as last_day,
        concat(
            cast(extract(day from min(day)) as string),
            case when count(*) > 1 then concat('-', cast(extract(day from max(day)) as string)) else '' end
        ) as days_text
    from numbered
    group by feed, site_id, period_start, state, run_no
),

by_day as (
    select
        feed,
        site_id,
        period_start,
        sum(n_expected) as n_expected,
        sum(n_counted) as n_counted,
        sum(n_days) as days_expected,
        sum(n_days_received) as days_received,
        {%- for state in ['incomplete', 'silent'] %}
            sum(case when state = '{{ state }}' then n_days else 0 end) as days_{{ state }},
            {{ joined("case when state = '" ~ state ~ "' then days_text end", ', ', 'first_day') }} as {{ state }}_days,
        {%- endfor %}
        max(case when state = 'silent' then n_days else 0 end) as longest_silence_days,
        bool_or(state = 'pending') as is_arriving,
        coalesce(
            max(case when state = 'silent' then last_day end) = max(case when state <> 'pending' then last_day end)
            -- A day that is late was not silent where later days are heard already.
            and not bool_or(state = 'pending' and n_days_received > 0),
            false
        ) as is_silent
    from runs
    group by feed, site_id, period_start
),

-- What comes once a month, quarter or year: one row a series and period.
dues as (
    select
        s.*,
        {{ each_month(
            'date_trunc(s.rhythm, s.first_day)', 'least(coalesce(s.last_day, ' ~ last_day ~ '), ' ~ last_day ~ ')'
        ) }} as due_start
    from {{ ref('int_feed_series') }} as s
    where
        s.rhythm in ('month', 'quarter', 'year')
        and s.first_day <= {{ last_day }} and (s.last_day is null or s.first_day <= s.last_day)
),

arrived as (
    select
        table_name,
        site_id,
        parameter,
        kind,
        rhythm,
        cast(date_trunc(rhythm, day) as date) as due_start,
        count(*) as n_groups
    from {{ ref('int_feed_day') }}
    where rhythm in ('month', 'quarter', 'year')
    group by table_name, site_id, parameter, kind, rhythm, date_trunc(rhythm, day)
),

judged_dues as (
    select
        d.feed,
        d.site_id,
        case d.rhythm when 'month' then 'month' else 'year' end as period_kind,
        cast(date_trunc(case d.rhythm when 'month' then 'month' else 'year' end, d.due_start) as date) as period_start,
        a.n_groups is not null as is_there,
        a.n_groups is null and greatest(
            {{ hours_after(rhythm_end('d.due_start', 'd.rhythm'), 'r.lateness_allowed_hours') }},
            {{ hours_after(rhythm_end('d.due_start', 'd.rhythm'), 'f.lateness_allowed_hours') }}
        ) > {{ as_of() }} as is_arriving
    from dues as d
    inner join {{ ref('reading_rhythms') }} as r on d.rhythm = r.rhythm
    inner join {{ ref('int_feeds') }} as f on d.feed = f.feed
    left join arrived as a
        on
            d.table_name = a.table_name and d.site_id = a.site_id and d.parameter = a.parameter and d.kind = a.kind
            and d.rhythm = a.rhythm and d.due_start = a.due_start
    where d.due_start = cast(date_trunc(d.rhythm, d.due_start) as date)
),

by_due as (
    select
        feed,
        site_id,
        period_kind,
        period_start,
        count(*) as n_expected,
        count(case when is_there then 1 end) as n_counted,
        bool_or(is_arriving) as is_arriving,
        not bool_or(is_there or is_arriving) as is_silent
    from judged_dues
    group by feed, site_id, period_kind, period_start
),

-- Kinds of sites that are heard, since when, and by what period.
heard_kinds as (
    select
        s.feed,
        r.kind,
        case when s.rhythm in ('quarter', 'year') then 'year' else 'month' end as period_kind,
        min(s.first_day) as first_day
    from {{ ref('int_feed_series') }} as s
    inner join {{ ref('stg_site_register') }} as r on s.feed = r.feed and s.site_id = r.site_id
    group by s.feed, r.kind, case when s.rhythm in ('quarter', 'year') then 'year' else 'month' end
),

known as (
    select distinct
        feed,
        site_id
    from {{ ref('int_feed_day') }}
    union
    select
        feed,
        site_id
    from {{ ref('int_feed_series') }}
),

unheard as (
    select
        r.feed,
        r.site_id,
        k.period_kind,
        greatest(min(r.valid_from), k.first_day) as first_day,
        case when count(r.valid_to) = count(*) then max(r.valid_to) end as last_day
    from {{ ref('stg_site_register') }} as r
    inner join heard_kinds as k on r.feed = k.feed and r.kind = k.kind
    left join known as n on r.feed = n.feed and r.site_id = n.site_id
    where n.site_id is null
    group by r.feed, r.site_id, k.period_kind, k.first_day
),

unheard_periods as (
    select
        feed,
        site_id,
        period_kind,
        {{ each_month(
            'date_trunc(period_kind, first_day)', 'least(coalesce(last_day, ' ~ last_day ~ '), ' ~ last_day ~ ')'
        ) }} as period_start
    from unheard
    where first_day <= {{ last_day }} and (last_day is null or first_day <= last_day)
),

never as (
    select
        u.feed,
        u.site_id,
        u.period_kind,
        u.period_start,
        {{ hours_after(rhythm_end('u.period_start', 'u.period_kind'), 'r.lateness_allowed_hours') }} > {{ as_of() }}
            as is_arriving
    from unheard_periods as u
    inner join {{ ref('reading_rhythms') }} as r on u.period_kind = r.rhythm
    where u.period_start = cast(date_trunc(u.period_kind, u.period_start) as date)
),

periods as (
    select
        feed,
        site_id,
        'month' as period_kind,
        period_start
    from by_day
    union
    select
        feed,
        site_id,
        period_kind,
        period_start
    from by_due
    union
    select
        feed,
        site_id,
        period_kind,
        period_start
    from never
)

select
    p.feed,
    p.site_id,
    p.period_kind,
    p.period_start,
    case
        when d.n_expected is not null or u.n_expected is not null
            then coalesce(d.n_expected, 0) + coalesce(u.n_expected, 0)
    end as n_expected,
    coalesce(d.n_counted, 0) + coalesce(u.n_counted, 0) as n_counted,
    d.days_expected,
    d.days_received,
    d.days_incomplete,
    d.days_silent,
    d.incomplete_days,
    d.silent_days,
    d.longest_silence_days,
    coalesce(d.is_arriving, false) or coalesce(u.is_arriving, false) or coalesce(n.is_arriving, false) as is_arriving,
    coalesce(d.is_silent, u.is_silent, not n.is_arriving) as is_silent
from periods as p
left join by_day as d
    on p.feed = d.feed and p.site_id = d.site_id and p.period_start = d.period_start and p.period_kind = 'month'
left join by_due as u
    on
        p.feed = u.feed and p.site_id = u.site_id and p.period_kind = u.period_kind
        and p.period_start = u.period_start
left join never as n
    on
        p.feed = n.feed and p.site_id = n.site_id and p.period_kind = n.period_kind
        and p.period_start = n.period_start
