{#-
  Point × date × part of the day: level by energy mean and the hours behind it. A point with hourly levels is judged on
  them alone; one without has its delivered levels weighted by their length. Percentiles of a part are the mean of
  those of its slots: what was exceeded 10 % of an hour cannot be had from levels of hours.
  Columns that begin with `sure_` say the same without suspect readings (suspects.sql).
-#}
{{ config(meta={'by_day': {'reads': {'int_noise_slot': [0, 0]}}}) }}
with chosen as (
    select
        *,
        bool_or(is_hour) over (partition by site_id, day, part) as has_hours
    from {{ days_of(ref('int_noise_slot')) }}
)

select
    site_id,
    day,
    part,
    has_hours,
    {%- for column, condition in [
        ('hours_valid', 'is_valid'), ('sure_hours_valid', 'sure_is_valid'), ('hours_received', 'true'),
        ('hours_suspect', 'is_suspect'), ('hours_weather', 'is_weather'), ('hours_short', 'is_short and not is_weather'),
        ('hours_lmax', 'lmax_db is not null and not is_weather')
    ] %}
        cast(sum(case when {{ condition }} then slot_minutes else 0 end) // 60 as bigint) as {{ column }},
    {%- endfor %}
    {%- for sure in ['', 'sure_'] %}
        {{ energy_level(
            'sum(case when ' ~ sure ~ 'is_valid then ' ~ sound_energy(sure ~ 'leq_db') ~ ' * slot_minutes end)',
            'sum(case when ' ~ sure ~ 'is_valid then slot_minutes end)'
        ) }} as {{ sure }}level_db,
    {%- endfor %}
    {{ known_maximum(
        'max(case when not is_weather then lmax_db end)', 'max(case when is_valid and lmax_db is null then leq_db end)'
    ) }} as lmax_db,
    max(case when not sure_is_weather then sure_lmax_db end) as sure_lmax_db,
    cast(sum(
        case
            when is_valid and l10_db is not null and l50_db is not null and l90_db is not null then slot_minutes else 0
        end
    ) // 60 as bigint) as hours_percentiles,
    {%- for level in ['l10_db', 'l50_db', 'l90_db'] %}
        {{ carried_mean(
            'sum(case when is_valid then ' ~ level ~ ' * slot_minutes end)',
            'sum(case when is_valid and ' ~ level ~ ' is not null then slot_minutes end)'
        ) }} as {{ level }},
    {%- endfor %}
    min({{ provenance_rank('provenance') }}) as provenance_rank
from chosen
where is_hour or not has_hours
group by site_id, day, part, has_hours
