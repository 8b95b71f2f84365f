{#-
  Point × hour from levels of shorter intervals, of any length from a second on, in the shape of hourly readings: the level
  is the energy mean of the intervals by their length, the minutes are those that have one, the maximum is the highest. An
  interval with wind or rain above the rule is left out. One belongs to the hour in which it begins. Percentiles of an
  hour cannot be had from those of shorter intervals, and are not there.
-#}
{{ config(meta={'by_day': {'reads': {'stg_noise': [0, 0]}}}) }}
with intervals as (
    select
        site_id,
        day,
        period_start,
        period_end,
        cast(date_trunc('hour', period_start) as timestamp) as hour_start,
        max(case when parameter = 'leq' and is_usable then value end) as leq_db,
        max(case when parameter = 'lmax' and is_usable then value end) as lmax_db,
        max(case when parameter = 'noise_wind_speed' and is_usable then value end) as wind_m_s,
        max(case when parameter = 'noise_rain' and is_usable then value end) as rain_mm,
        bool_or(coalesce(is_suspect, false) and parameter = 'leq') as is_suspect,
        bool_or(coalesce(is_suspect, false) and parameter = 'lmax') as is_lmax_suspect,
        min({{ provenance_rank('provenance') }}) as provenance_rank
    from {{ days_of(ref('stg_noise')) }}
    where period_kind = 'interval' and period_end > period_start
    group by site_id, day, period_start, period_end
),

measured as (
    select
        i.*,
        {{ seconds_between('i.period_start', 'i.period_end') }} as seconds,
        coalesce(i.wind_m_s > r.noise_max_wind, false) or coalesce(i.rain_mm > r.noise_max_rain, false) as is_weather
    from intervals as i
    inner join {{ ref('int_noise_rules') }} as r on {{ in_force('i.day', 'r') }}
),

hours as (
    select
        site_id,
        day,
        hour_start,
        {{ energy_level(
            'sum(case when not is_weather then ' ~ sound_energy('leq_db') ~ ' * seconds end)',
            'sum(case when not is_weather and leq_db is not null then seconds end)'
        ) }} as leq_db,
        max(case when not is_weather then lmax_db end) as lmax_db,
        coalesce(sum(case when not is_weather and leq_db is not null then seconds end), 0) as seconds,
        bool_or(is_suspect and not is_weather) as is_suspect,
        bool_or(is_lmax_suspect and not is_weather) as is_lmax_suspect,
        {{ provenance_of_rank('min(provenance_rank)') }} as provenance
    from measured
    group by site_id, day, hour_start
)

{%- for parameter, value, suspect in [
    ('leq', 'leq_db', 'is_suspect'), ('lmax', 'lmax_db', 'is_lmax_suspect'),
    ('valid_minutes', "cast(" ~ integer_quotient('seconds', '60') ~ " as decimal(18, 6))", 'false')
] %}
    select
        site_id,
        '{{ parameter }}' as parameter,
        'hour' as period_kind,
        hour_start as period_start,
        hour_start + interval 1 hour as period_end,
        day,
        {{ value }} as value,
        {{ value }} is not null as is_usable,
        {{ suspect }} as is_suspect,
        provenance
    from hours
    {% if not loop.last %}union all{% endif %}
{%- endfor %}
