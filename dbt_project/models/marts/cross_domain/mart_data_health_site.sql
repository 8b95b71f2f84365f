{#-
  Feed × site × period: what a site should have given and what is there, for months; for years where a site reports by
  the quarter or year. Each clean reading is in one row, that of its period_start. What is expected, and which days are
  silent or incomplete: int_feed_site_period. Registered sites of which nothing was ever heard are here as well.
-#}
with received as (
    select
        feed,
        site_id,
        case when rhythm in ('quarter', 'year') then 'year' else 'month' end as period_kind,
        cast(date_trunc(case when rhythm in ('quarter', 'year') then 'year' else 'month' end, day) as date)
            as period_start,
        sum(readings_present) as n_received,
        sum(readings_used) as n_valid,
        sum(readings_suspect) as n_suspect,
        sum(readings_failed) as n_failed,
        sum(readings_missing) as n_missing,
        min(first_start) as first_reading_at,
        max(last_end) as last_reading_at,
        max(case when rhythm in ('day', 'load') then last_end end) as last_daily_at,
        min(provenance_rank) as provenance_rank
    from {{ ref('int_feed_day') }}
    group by
        feed, site_id, case when rhythm in ('quarter', 'year') then 'year' else 'month' end,
        date_trunc(case when rhythm in ('quarter', 'year') then 'year' else 'month' end, day)
),

periods as (
    select
        feed,
        site_id,
        period_kind,
        period_start
    from received
    union
    select
        feed,
        site_id,
        period_kind,
        period_start
    from {{ ref('int_feed_site_period') }}
),

joined as (
    select
        p.*,
        cast({{ rhythm_end('p.period_start', 'p.period_kind') }} as date) - 1 as period_end,
        e.n_expected,
        coalesce(e.n_counted, 0) as n_counted,
        coalesce(r.n_received, 0) as n_received,
        coalesce(r.n_valid, 0) as n_valid,
        coalesce(r.n_suspect, 0) as n_suspect,
        coalesce(r.n_failed, 0) as n_failed,
        coalesce(r.n_missing, 0) as n_missing,
        e.days_expected,
        e.days_received,
        e.days_incomplete,
        e.days_silent,
        e.incomplete_days,
        e.silent_days,
        e.longest_silence_days,
        coalesce(e.is_arriving, false) as is_arriving,
        r.first_reading_at,
        r.last_reading_at,
        e.is_silent,
        -- A sample taken by hand does not end the silence of a station.
        max(case when e.days_expected is null then r.last_reading_at else r.last_daily_at end) over up_to_here
            as last_heard_at,
        max(r.n_received) over of_site is null as is_unheard,
        coalesce(r.provenance_rank, min(r.provenance_rank) over of_site) as provenance_rank
    from periods as p
    left join received as r
        on
            p.feed = r.feed and p.site_id = r.site_id and p.period_kind = r.period_kind
            and p.period_start = r.period_start
    left join {{ ref('int_feed_site_period') }} as e
        on
            p.feed = e.feed and p.site_id = e.site_id and p.period_kind = e.period_kind
            and p.period_start = e.period_start
    window
        of_site as (partition by p.feed, p.site_id),
        up_to_here as (partition by p.feed, p.site_id, p.period_kind order by p.period_start)
),

-- The entry of the register at the end of the period; else the first one after it.
named as (
    select
        j.*,
        s.name_zh,
        s.kind,
        s.area_code,
        coalesce(j.provenance_rank, {{ provenance_rank('s.provenance') }}) as row_rank,
        row_number() over (
            partition by j.feed, j.site_id, j.period_kind, j.period_start
            order by
                case when s.valid_from <= j.period_end then s.valid_from end desc nulls last,
                s.valid_from asc nulls last
        ) as nth
    from joined as j
    left join {{ ref('stg_site_register') }} as s on j.feed = s.feed and j.site_id = s.site_id
),

judged as (
    select
        *,
        case
            when n_expected > 0 then 'readings'
            when days_expected > 0 then 'days'
            else 'none'
        end as coverage_basis,
        case
            when n_expected > 0 then n_counted
            when days_expected > 0 then days_received
        end as n_there,
        case
            when n_expected > 0 then n_expected
            when days_expected > 0 then days_expected
        end as n_due
    from named
    where nth = 1
)

select
    j.feed,
    f.name_zh as feed_zh,
    j.site_id,
    coalesce(j.name_zh, j.site_id) as site_name_zh,
    j.kind as site_kind,
    j.area_code,
    {{ area_name('j.area_code', 'a.name_zh') }} as area_name_zh,
    j.period_kind,
    j.period_start,
    j.period_end,
    cast(j.n_expected as bigint) as n_expected,
    cast(j.n_received as bigint) as n_received,
    cast(j.n_valid as bigint) as n_valid,
    cast(j.n_suspect as bigint) as n_suspect,
    cast(j.n_failed as bigint) as n_failed,
    cast(j.n_missing as bigint) as n_missing,
    {{ coverage('j.n_there', 'j.n_due') }} as coverage,
    j.coverage_basis,
    case
        when j.is_arriving then 'pending'
        when j.coverage_basis = 'none' and j.n_received > 0 then 'indicative'
        when coalesce(j.n_there, 0) = 0 then 'insufficient'
        when j.n_there >= j.n_due and j.n_valid = j.n_received then 'valid'
        else 'indicative'
    end as validity,
    case
        when j.is_arriving then 'readings can still arrive'
        when j.is_unheard then 'never heard'
        when j.coverage_basis = 'none' then 'readings come as they come: what is missing cannot be told'
        when j.n_there = 0 and j.coverage_basis = 'days'
            then concat('no load on ', j.n_due, ' days: closed or not delivered')
        when j.n_there = 0 then concat('none of ', j.n_due, ' readings is there')
        else concat_ws(
                '; ',
                case
                    when j.n_there < j.n_due and j.coverage_basis = 'days'
                        then concat('no load on ', j.n_due - j.n_there, ' of ', j.n_due, ' days')
                    when j.n_there < j.n_due
                        then concat(j.n_due - j.n_there, ' of ', j.n_due, ' readings are not there')
                end,
                case
                    when j.n_valid < j.n_received
                        then concat(j.n_received - j.n_valid, ' of ', j.n_received, ' left out by flag')
                end
            )
    end as validity_reason,
    cast(j.days_expected as bigint) as days_expected,
    cast(j.days_received as bigint) as days_received,
    cast(j.days_incomplete as bigint) as days_incomplete,
    cast(j.days_silent as bigint) as days_silent,
    j.incomplete_days,
    j.silent_days,
    cast(j.longest_silence_days as bigint) as longest_silence_days,
    j.first_reading_at,
    j.last_reading_at,
    case when j.is_silent then j.last_heard_at end as silent_since,
    {{ provenance_of_rank('j.row_rank') }} as provenance
from judged as j
inner join {{ ref('int_feeds') }} as f on j.feed = f.feed
left join {{ ref('stg_area_name') }} as a on j.area_code = a.area_code
