{#-
  Sand-dust candidates by the 2x rule on hourly PM10 of reference stations (环办监测〔2016〕120号): a start at twice the mean
  of the 6 hours before it (rule air_dust_previous_hours, summed in int_air_hour), an end when the hour is back near
  that mean. Proposals for whoever asks for an official notice: nothing is excluded by them, and each says whether a
  notified period overlaps it.
-#}
with last_hours as (
    select
        site_id,
        max(hour_no) as last_hour_no
    from {{ ref('int_air_hour') }}
    where pm10 is not null
    group by site_id
),

hours as (
    select
        h.site_id,
        h.hour_no,
        h.pm10,
        r.air_dust_start_multiple,
        r.air_dust_start_above,
        r.air_dust_end_multiple,
        r.air_dust_previous_min_hours,
        r.air_dust_longest_hours,
        h.pm10_before_n as background_n,
        h.pm10_before_sum as background_sum,
        e.last_hour_no
    from {{ ref('int_air_hour') }} as h
    inner join {{ ref('int_air_rules') }} as r on {{ in_force('h.day', 'r') }}
    inner join last_hours as e on h.site_id = e.site_id
    where h.pm10 > r.air_dust_start_above
),

-- Multiplied instead of divided: pm10 >= multiple x (background_sum : background_n).
starts as (
    select *
    from hours
    where
        background_n >= air_dust_previous_min_hours
        and pm10 * background_n >= air_dust_start_multiple * background_sum
),

offsets as (
    select {{ each_number_to('x.longest') }} as n
    from (select max(air_dust_longest_hours) as longest from {{ ref('int_air_rules') }}) as x
    where x.longest is not null
),

ends as (
    select
        s.site_id,
        s.hour_no,
        min(h.hour_no) as end_no
    from starts as s
    inner join offsets as o on s.air_dust_longest_hours >= o.n
    inner join {{ ref('int_air_hour') }} as h
        on
            s.site_id = h.site_id and s.hour_no + o.n = h.hour_no
            and h.pm10 * s.background_n <= s.air_dust_end_multiple * s.background_sum
    group by s.site_id, s.hour_no
),

spans as (
    select
        s.*,
        coalesce(e.end_no, least(s.hour_no + cast(s.air_dust_longest_hours as bigint), s.last_hour_no + 1)) as end_no,
        e.end_no is null and s.hour_no + cast(s.air_dust_longest_hours as bigint) > s.last_hour_no as is_open,
        e.end_no is null and s.hour_no + cast(s.air_dust_longest_hours as bigint) <= s.last_hour_no as is_cut_off
    from starts as s
    left join ends as e on s.site_id = e.site_id and s.hour_no = e.hour_no
),

reached as (
    select
        *,
        max(end_no) over (
            partition by site_id order by hour_no rows between unbounded preceding and 1 preceding
        ) as reached_no
    from spans
),

-- A start inside the span of an earlier one is not a candidate of its own.
candidates as (
    select *
    from reached
    where reached_no is null or hour_no >= reached_no
),

inside as (
    select
        c.site_id,
        c.hour_no as start_no,
        c.is_open,
        c.is_cut_off,
        c.background_n,
        c.background_sum,
        h.hour_no,
        h.day,
        h.period_start,
        h.period_end,
        h.pm10,
        h.pm10_suspect,
        h.provenance_rank,
        row_number() over (
            partition by c.site_id, c.hour_no order by h.pm10 desc nulls last, h.hour_no asc
        ) as place_by_value
    from candidates as c
    inner join offsets as o on c.end_no - c.hour_no >= o.n
    inner join {{ ref('int_air_hour') }} as h on c.site_id = h.site_id and c.hour_no + o.n - 1 = h.hour_no
),

measured as (
    select
        site_id,
        start_no,
        bool_or(is_open) as is_open,
        bool_or(is_cut_off) as is_cut_off,
        max(background_n) as background_n,
        max(background_sum) as background_sum,
        min(day) as first_day,
        min(period_start) as candidate_start,
        max(period_end) as candidate_end,
        count(*) as n_expected,
        count(pm10) as n_valid,
        sum(pm10_suspect) as n_suspect,
        max(case when hour_no = start_no then pm10_suspect end) = 1 as is_suspect_start,
        max(case when hour_no = start_no then pm10 end) as start_value,
        max(pm10) as peak_value,
        max(case when place_by_value = 1 then period_end end) as peak_at,
        min(provenance_rank) as provenance_rank
    from inside
    group by site_id, start_no
),

notices as (
    select
        m.site_id,
        m.start_no,
        {{ joined('p.notice_no', ', ', 'p.period_start, p.notice_no') }} as notice_nos,
        count(*) as n_notices
    from measured as m
    inner join {{ ref('stg_dust_period') }} as p
        on m.candidate_end > p.period_start and m.candidate_start < p.period_end and p.is_usable
    group by m.site_id, m.start_no
)

select
    m.site_id,
    coalesce(s.name_zh, m.site_id) as site_name_zh,
    s.network,
    s.area_code,
    {{ area_name('s.area_code', 'g.name_zh') }} as area_name_zh,
    m.candidate_start,
    m.candidate_end,
    m.is_open,
    {{ carried_mean('m.background_sum', 'm.background_n') }} as background_pm10_ug_m3,
    cast(m.start_value as decimal(18, 6)) as start_pm10_ug_m3,
    {{ exact_ratio('m.start_value * m.background_n', 'm.background_sum', 2) }} as start_multiple,
    cast(m.peak_value as decimal(18, 6)) as peak_pm10_ug_m3,
    m.peak_at,
    coalesce(n.n_notices, 0) > 0 as overlaps_notified_period,
    coalesce(n.notice_nos, '') as notice_nos,
    cast(m.n_expected as bigint) as n_expected,
    cast(m.n_valid as bigint) as n_valid,
    cast(m.n_suspect as bigint) as n_suspect,
    {{ coverage('m.n_valid', 'm.n_expected') }} as coverage,
    case when m.is_open then 'pending' when m.is_cut_off or m.is_suspect_start then 'indicative' else 'valid' end
        as validity,
    case
        when m.is_open then 'PM10 is not back near its background yet'
        when m.is_cut_off then 'cut off: PM10 did not return to its background within the longest span'
        when m.is_suspect_start then 'the reading that starts it is flagged suspect'
        else ''
    end as validity_reason,
    '环办监测〔2016〕120号' as standard,
    '2x rule on hourly PM10: a proposal, nothing is excluded by it' as clause,
    {{ provenance_of_rank('m.provenance_rank') }} as provenance
from measured as m
left join notices as n on m.site_id = n.site_id and m.start_no = n.start_no
left join {{ ref('stg_site_register') }} as s
    on m.site_id = s.site_id and s.feed = 'air' and s.kind = 'station' and {{ in_force('m.first_day', 's') }}
left join {{ ref('stg_area_name') }} as g on s.area_code = g.area_code
