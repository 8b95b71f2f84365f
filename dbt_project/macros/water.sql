{#-
  Single-factor classes of surface water. One place for every product: real time, month, quarter, year, river, subdistrict
  and district. Not here: means (models), limits (seed gb3838_limits), counts (seed rule_values).
-#}

{#
  Class of a value `v` (parameter, assessed_value; an aggregate over the limits `l` of its parameter and water type): the
  best class whose limits it keeps (equality attains), one worse than the last class where none. Dissolved oxygen is also
  class I at or above the saturation that the rules `r` declare, by the saturation `o` of the same sample.
#}
{% macro water_class_rank() -%}
    case
        when v.parameter = 'do' and max(o.assessed_value) >= max(r.water_do_saturation_class_i)
            then min(l.class_rank)
        else coalesce(
            min(case
                when
                    (l.limit_low is null or v.assessed_value >= l.limit_low)
                    and (l.limit_high is null or v.assessed_value <= l.limit_high)
                    then l.class_rank
            end), max(l.class_rank) + 1
        )
    end
{%- endmacro %}

{# What a product compares with the limits, as data: from the product's rule in force. #}
{% macro water_values_used(rounded_rule) -%}
    case when {{ rounded_rule }} = 1 then 'rounded_to_item_decimals' else 'unrounded' end
{%- endmacro %}
