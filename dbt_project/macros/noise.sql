{#-
  What the noise models share: maxima of a part, the day-night level. Not here: energy means (sound.sql),
  the hours and the night's penalty themselves (seed rule_values).
-#}

{# Ldn from the carried Ld and Ln, the night with its penalty, dB, carried to 6 decimals (GB 3096-2008, Ldn). #}
{% macro day_night_level(row='j') -%}
    {%- set day_energy = sound_energy(row ~ '.ld_carried_db') ~ ' * ' ~ row ~ '.day_hours' -%}
    {%- set night_level = row ~ '.ln_carried_db + ' ~ row ~ '.noise_night_penalty_db' -%}
    {%- set night_energy = sound_energy(night_level) ~ ' * ' ~ row ~ '.night_hours' -%}
    {{ energy_level(day_energy ~ ' + ' ~ night_energy, row ~ '.day_hours + ' ~ row ~ '.night_hours') }}
{%- endmacro %}

{# The highest maximum of a group; null where an input without a maximum of its own was louder: then it is another. #}
{% macro known_maximum(highest, loudest_without) -%}
    case when coalesce({{ loudest_without }} > {{ highest }}, false) then null else {{ highest }} end
{%- endmacro %}
