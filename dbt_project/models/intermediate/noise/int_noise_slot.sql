{#-
  Point × slot: one delivered period with its level, whether it counts, and why not. A night belongs to the date on
  which it begins. Hours come from stations, as they are or from shorter intervals (int_noise_interval); day, evening and night levels as a source delivers them.
  A part whose period is delivered as the whole date counts with its nominal length; an evening without its own times
  cannot be weighed against the day and is left out. Valid minutes of a longer slot are held to the hour's share of them.
  Columns that begin with `sure_` say the same without suspect readings (suspects.sql).
  Not here: Ld, Ln and Ldn (int_noise_period), limits (int_noise_day).
-#}
{{ config(meta={'by_day': {'reads': {'stg_noise': [0, 1], 'int_noise_interval': [0, 1]}}}) }}
{%- set columns = {
    'leq': 'leq_db', 'lmax': 'lmax_db', 'valid_minutes': 'valid_minutes', 'noise_wind_speed': 'wind_m_s',
    'noise_rain': 'rain_mm'
} %}
{%- set read = [
    'site_id', 'parameter', 'period_kind', 'period_start', 'period_end', 'day', 'value', 'is_usable', 'is_suspect',
    'provenance'
] %}
with readings as (
    select {{ read | join(', ') }}
    from {{ days_of(ref('stg_noise')) }}
    where period_kind in ('hour', 'day', 'evening', 'night')
    union all
    select {{ read | join(', ') }}
    from {{ days_of(ref('int_noise_interval')) }}
),

slots as (
    select
        site_id,
        period_kind,
        period_start,
        period_end,
        max(day) as day,
        {%- for parameter, column in columns.items() %}
            max(case when parameter = '{{ parameter }}' and is_usable then value end) as {{ column }},
            max(case when parameter = '{{ parameter }}' and {{ is_sure() }} then value end) as sure_{{ column }},
        {%- endfor %}
        {%- for level in ['l10', 'l50', 'l90'] %}
            max(case when parameter = '{{ level }}' and is_usable then value end) as {{ level }}_db,
        {%- endfor %}
        coalesce(bool_or(
            is_usable and is_suspect and parameter in ('leq', 'valid_minutes', 'noise_wind_speed', 'noise_rain')
        ), false) as is_suspect,
        {{ least_provenance('provenance') }} as provenance
    from readings
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
),

measured as (
    select
        *,
        case
            -- An hour in which the clocks change ends two hours later on the clock, or at the same time: it is an hour.
            when period_kind = 'hour' then 60
            when period_minutes < 60 * {{ hours_per_day() }} then period_minutes
            when part = 'day' then day_minutes
            else 60 * {{ hours_per_day() }} - day_minutes
        end as slot_minutes
    from placed
    where not (period_kind = 'evening' and period_minutes >= 60 * {{ hours_per_day() }})
),

judged as (
    select
        {%- for sure in ['', 'sure_'] %}
            coalesce({{ sure }}wind_m_s > noise_max_wind, false)
            or coalesce({{ sure }}rain_mm > noise_max_rain, false) as {{ sure }}is_weather,
            coalesce(
                {{ sure }}valid_minutes * 60 < noise_hour_min_minutes * cast(slot_minutes as integer), false
            ) as {{ sure }}is_short,
        {%- endfor %}
        *
    from measured
)

select
    site_id,
    noise_day as day,
    part,
    period_kind = 'hour' as is_hour,
    period_start as slot_start,
    case when period_kind = 'hour' then period_start + interval 1 hour else period_end end as slot_end,
    slot_minutes,
    leq_db,
    sure_leq_db,
    lmax_db,
    sure_lmax_db,
    l10_db,
    l50_db,
    l90_db,
    provenance,
    is_suspect,
    is_weather,
    sure_is_weather,
    is_short,
    leq_db is not null and not is_weather and not is_short as is_valid,
    sure_leq_db is not null and not sure_is_weather and not sure_is_short as sure_is_valid
from judged
