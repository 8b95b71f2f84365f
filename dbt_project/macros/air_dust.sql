{#-
  Dust: the result of a dustfall sample (HJ 1221-2021), whole numbers to count with. Not here: which months or hours a
  notified dust period touches (models), the numbers of the rules (rule_values).
-#}

{#
  M = W : (S n) x 30 x 1e4 in t/(km2.30d) from the net mass W in g, the opening S in cm2 and the exposure n in days, with
  the rules of `alias`; rounded half to even once. decimal(18, 6); null where an input is missing or S n is 0.
#}
{% macro dustfall_result(net_mass_g, area_cm2, exposure_days, alias) -%}
    {{ round_even_by(
        exact_quotient(
            net_mass_g ~ ' * cast(' ~ alias ~ '.air_dustfall_reference_days as bigint)'
            ~ ' * cast(' ~ alias ~ '.air_dustfall_t_km2_per_g_cm2 as bigint)',
            'cast(' ~ area_cm2 ~ ' * ' ~ exposure_days ~ ' as decimal(38, 6))'
        ),
        alias ~ '.air_dustfall_decimals'
    ) }}
{%- endmacro %}

{# In a select list: one row for every whole number from 1 to `last` (an expression of one value). #}
{% macro each_number_to(last) -%}
    {{ adapter.dispatch('each_number_to')(last) }}
{%- endmacro %}

{% macro default__each_number_to(last) -%}
    cast(unnest(generate_series(1, cast({{ last }} as bigint))) as bigint)
{%- endmacro %}

{% macro spark__each_number_to(last) -%}
    explode(sequence(1L, cast({{ last }} as bigint)))
{%- endmacro %}

{# The unit of dustfall wherever it is published: months are normalised to the standard's 30 days. #}
{% macro dustfall_unit() -%}
    't/(km2.30d)'
{%- endmacro %}
