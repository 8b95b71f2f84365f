{#-
  Single-factor classes of surface water. One place for every product: real time, month, quarter, year, river, subdistrict
  and district. Not here: means (models), limits (seed gb3838_limits), counts (seed rule_values).
-#}

{# Whether `value` keeps both limits; one that is null does not exist. Equality keeps. #}
{% macro keeps_limits(value, low, high) -%}
    (({{ low }} is null or {{ value }} >= {{ low }}) and ({{ high }} is null or {{ value }} <= {{ high }}))
{%- endmacro %}

{# Whether the band `b` (int_water_class_bands) is the one of `value`. #}
{% macro water_in_class(value, b) -%}
    {{ keeps_limits(value, b ~ '.limit_low', b ~ '.limit_high') }}
    and ({{ b }}.class_rank = {{ b }}.best_rank or not {{ keeps_limits(value, b ~ '.before_low', b ~ '.before_high') }})
{%- endmacro %}

{#
  Class of a value of `parameter` that lies in the band `b`. Dissolved oxygen is also of the best class at or above the
  saturation that the rules `r` declare; `saturation` is that of the same sample.
#}
{% macro water_class_rank(parameter, saturation, b, r='r') -%}
    case
        when {{ parameter }} = 'do' and {{ saturation }} >= {{ r }}.water_do_saturation_class_i then {{ b }}.best_rank
        else {{ b }}.class_rank
    end
{%- endmacro %}

{# (C - S) : S of a value above the limit S, rounded; null where it is not above. decimal(18, 6). #}
{% macro exceedance_multiple(value, limit, decimals) -%}
    case
        when {{ value }} > {{ limit }}
            then cast({{ round_even_by(
                exact_quotient(value ~ ' - ' ~ limit, limit), decimals
            ) }} as decimal(18, 6))
    end
{%- endmacro %}

{# What a product compares with the limits, as data: from the product's rule in force. #}
{% macro water_values_used(rounded_rule) -%}
    case when {{ rounded_rule }} = 1 then 'rounded_to_item_decimals' else 'unrounded' end
{%- endmacro %}
