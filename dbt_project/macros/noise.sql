{#-
  What the noise models share: percentiles and maxima of a part, the day-night level. Not here: energy means (sound.sql),
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

{# Share of the judged that attained, %, rounded to the rule's decimals; null where none was judged. #}
{% macro attained_share(n_attained, n_judged) -%}
    {{ round_even_by(exact_quotient(n_attained ~ ' * 100', n_judged), 'noise_share_decimals') }}
{%- endmacro %}

{# Whether a mean level of row `m` (product, survey_period, year_start) lies in the grade `grade` in force. #}
{% macro is_graded(grade, mean) -%}
    m.product = {{ grade }}.product and m.survey_period = {{ grade }}.period and {{ in_force('m.year_start', grade) }}
    and ({{ grade }}.above_db is null or {{ mean }} > {{ grade }}.above_db)
    and ({{ grade }}.up_to_db is null or {{ mean }} <= {{ grade }}.up_to_db)
{%- endmacro %}
