{#-
  Logarithmic means: sound levels and pH. Powers are rounded to a declared decimal before they are summed, and levels
  are rounded once more before they leave, so that neither order nor threads show in a figure.
  Not here: which hours count and what a night costs (rule_values, int_noise_*).
-#}

{# Relative energy of a level in dB, 10^(0.1 L), to 4 decimals: decimal(38, 4). #}
{% macro sound_energy(level) -%}
    cast(pow(cast(10 as double), cast({{ level }} as double) * 0.1) as decimal(38, 4))
{%- endmacro %}

{# Level of `energy_sum` over `n` equal slots, dB, carried to 6 decimals: decimal(18, 6). Null where n is 0. #}
{% macro energy_level(energy_sum, n) -%}
    cast(
        10 * (log10(cast(nullif({{ energy_sum }}, 0) as double)) - log10(cast(nullif({{ n }}, 0) as double)))
        as decimal(18, 6)
    )
{%- endmacro %}

{# Hydrogen ion concentration of a pH, mol/L, to 20 decimals: decimal(38, 20). #}
{% macro hydrogen_ions(ph) -%}
    cast(pow(cast(10 as double), -cast({{ ph }} as double)) as decimal(38, 20))
{%- endmacro %}

{# pH of the mean hydrogen ion concentration, from the exact sum over `n` values, carried to 6 decimals. #}
{% macro ph_of_mean(hydrogen_sum, n) -%}
    cast(
        log10(cast(nullif({{ n }}, 0) as double)) - log10(cast(nullif({{ hydrogen_sum }}, 0) as double))
        as decimal(18, 6)
    )
{%- endmacro %}
