{#-
  Point × date × part of the day: level by energy mean and the hours behind it. A point with hourly levels is judged on
  them alone; one without has its delivered levels weighted by their length. Percentiles of a part are the mean of
  those of its slots: what was exceeded 10 % of an hour cannot be had from levels of hours.
-#}
with chosen as (
    select
        *,
        bool_or(is_hour) over (partition by site_id, day, part) as has_hours
    from {{ ref('int_noise_slot') }}
)

select
    site_id,
    day,
    part,
    has_hours,
    cast(sum(case when is_valid then slot_minutes else 0 end) // 60 as bigint) as hours_valid,
    cast(sum(slot_minutes) // 60 as bigint) as hours_received,
    cast(sum(case when is_weather then slot_minutes else 0 end) // 60 as bigint) as hours_weather,
    cast(sum(case when is_short and not is_weather then slot_minutes else 0 end) // 60 as bigint) as hours_short,
    {{ energy_level(
        'sum(case when is_valid then ' ~ sound_energy('leq_db') ~ ' * slot_minutes end)',
        'sum(case when is_valid then slot_minutes end)'
    ) }} as level_db,
    max(case when not is_weather then lmax_db end) as lmax_db,
    cast(sum(
        case
            when is_valid and l10_db is not null and l50_db is not null and l90_db is not null then slot_minutes else 0
        end
    ) // 60 as bigint) as hours_percentiles,
    {%- for level in ['l10_db', 'l50_db', 'l90_db'] %}
        {{ mean_of_slots(level) }} as {{ level }},
    {%- endfor %}
    min({{ provenance_rank('provenance') }}) as provenance_rank
from chosen
where is_hour or not has_hours
group by site_id, day, part, has_hours
