{#-
  What the noise models share: percentiles of a part, hours of a date, whether hours can still arrive, the day-night
  level. Not here: energy means (sound.sql), the hours and the night's penalty themselves (seed rule_values).
-#}

{# Mean of a percentile level over the slots of a group that count, weighted by their length, carried to 6 decimals. #}
{% macro mean_of_slots(level) -%}
    {{ carried_mean(
        'sum(case when is_valid then ' ~ level ~ ' * slot_minutes end)',
        'sum(case when is_valid and ' ~ level ~ ' is not null then slot_minutes end)'
    ) }}
{%- endmacro %}

{# Hours of a date: a calendar fact, not a rule. #}
{% macro hours_per_day() -%}
    24
{%- endmacro %}

{# Whether hours of a part can still arrive: it is not over, or it is incomplete within the lateness allowed. #}
{% macro still_arriving(part_end, n_received, n_expected) -%}
    {{ part_end }} > {{ as_of() }}
    or ({{ n_received }} < {{ n_expected }} and {{ hours_after(part_end, 'lateness_allowed_hours') }} > {{ as_of() }})
{%- endmacro %}

{# Ldn from the carried Ld and Ln, the night with its penalty, dB, carried to 6 decimals (GB 3096-2008, Ldn). #}
{% macro day_night_level(row='j') -%}
    {%- set day_energy = sound_energy(row ~ '.ld_carried_db') ~ ' * ' ~ row ~ '.day_hours' -%}
    {%- set night_level = row ~ '.ln_carried_db + ' ~ row ~ '.noise_night_penalty_db' -%}
    {%- set night_energy = sound_energy(night_level) ~ ' * ' ~ row ~ '.night_hours' -%}
    {{ energy_level(day_energy ~ ' + ' ~ night_energy, row ~ '.day_hours + ' ~ row ~ '.night_hours') }}
{%- endmacro %}
