{#-
  Single-factor classes of surface water. One place for every product: real time, month, year, and the tests.
  Not here: means and rounding (models), limits (seed gb3838_limits), counts (seed rule_values).
-#}

{#
  Rows of `relation` (columns: key…, parameter, water_type, assessed_value, `day`) with class_rank: the best class whose
  limits the value keeps (equality attains), one worse than the last class where none. Dissolved oxygen is also class I
  at or above the declared saturation. Items without limits of the water type drop out: they never decide a class.
#}
{% macro water_item_classes(relation, key, day) -%}
    select
        {% for column in key %}v.{{ column }}, {% endfor %}v.parameter,
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
        end as class_rank
    from {{ relation }} as v
    inner join {{ ref('gb3838_limits') }} as l
        on v.parameter = l.parameter and v.water_type = l.water_type and {{ in_force('v.' ~ day, 'l') }}
    inner join {{ ref('int_water_rules') }} as r on {{ in_force('v.' ~ day, 'r') }}
    left join {{ relation }} as o
        on
            v.parameter = 'do' and o.parameter = 'do_saturation'
            {%- for column in key %} and v.{{ column }} = o.{{ column }}{% endfor %}
    where v.assessed_value is not null
    group by {% for column in key %}v.{{ column }}, {% endfor %}v.parameter
{%- endmacro %}
