{#-
  Point × slot: one delivered period with its level, whether it counts, and why not. A night belongs to the date on
  which it begins. Hours come from stations; day, evening and night levels as a source delivers them.
  A part whose period is delivered as the whole date counts with its nominal length; an evening without its own times
  cannot be weighed against the day and is left out.
  Not here: Ld, Ln and Ldn (int_noise_period), limits (mart_noise_site_daily).
-#}
with slots as (
    select
        site_id,
        period_kind,
        period_start,
        period_end,
        max(day) as day,
        max(case when parameter = 'leq' and is_usable then value end) as leq_db,
        max(case when parameter = 'lmax' and is_usable then value end) as lmax_db,
        max(case when parameter = 'l10' and is_usable then value end) as l10_db,
        max(case when parameter = 'l50' and is_usable then value end) as l50_db,
        max(case when parameter = 'l90' and is_usable then value end) as l90_db,
        max(case when parameter = 'valid_minutes' and is_usable then value end) as valid_minutes,
        max(case when parameter = 'noise_wind_speed' and is_usable then value end) as wind_m_s,
        max(case when parameter = 'noise_rain' and is_usable then value end) as rain_mm,
        {{ least_provenance('provenance') }} as provenance
    from {{ ref('stg_noise') }}
    where period_kind in ('hour', 'day', 'evening', 'night')
    group by site_id, period_kind, period_start, period_end
),

placed as (
    select
        s.*,
        r.noise_hour_min_minutes,
        r.noise_max_wind,
        r.noise_max_rain,
        {{ minutes_between('s.period_start', 's.period_end') }} as period_minutes,
        60 * cast(r.noise_night_start_hour - r.noise_day_start_hour as bigint) as day_minutes,
        case
            when s.period_kind in ('day', 'evening') then 'day'
            when s.period_kind = 'night' then 'night'
            when
                extract(hour from s.period_start) >= r.noise_day_start_hour
                and extract(hour from s.period_start) < r.noise_night_start_hour then 'day'
            else 'night'
        end as part,
        case
            when s.period_kind in ('hour', 'night')
                and {{ minutes_between('s.period_start', 's.period_end') }} < 60 * {{ hours_per_day() }}
                and extract(hour from s.period_start) < r.noise_day_start_hour then s.day - 1
            else s.day
        end as noise_day
    from slots as s
    inner join {{ ref('int_noise_rules') }} as r on {{ in_force('s.day', 'r') }}
)

select
    site_id,
    noise_day as day,
    part,
    period_kind = 'hour' as is_hour,
    period_start as slot_start,
    case when period_kind = 'hour' then period_start + interval 1 hour else period_end end as slot_end,
    case
        -- An hour in which the clocks change ends two hours later on the clock, or at the same time: it is an hour.
        when period_kind = 'hour' then 60
        when period_minutes < 60 * {{ hours_per_day() }} then period_minutes
        when part = 'day' then day_minutes
        else 60 * {{ hours_per_day() }} - day_minutes
    end as slot_minutes,
    leq_db,
    lmax_db,
    l10_db,
    l50_db,
    l90_db,
    provenance,
    coalesce(wind_m_s > noise_max_wind, false) or coalesce(rain_mm > noise_max_rain, false) as is_weather,
    period_kind = 'hour' and coalesce(valid_minutes < noise_hour_min_minutes, false) as is_short,
    leq_db is not null
    and not (coalesce(wind_m_s > noise_max_wind, false) or coalesce(rain_mm > noise_max_rain, false))
    and not (period_kind = 'hour' and coalesce(valid_minutes < noise_hour_min_minutes, false)) as is_valid
from placed
where not (period_kind = 'evening' and period_minutes >= 60 * {{ hours_per_day() }})
