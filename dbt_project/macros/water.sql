{#-
  Single-factor classes of surface water. One place for every product: real time, month, quarter, year, river, subdistrict,
  district, and the tests. Not here: means (models), limits (seed gb3838_limits), counts (seed rule_values).
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

{#
  CTEs up to `assessed_items`: the means of `items` (columns: key…, parameter, water_type, period_end, mean_value,
  is_sufficient and more) with the value that is assessed (rounded, as the rule of statistics says), its class and its
  exceedance multiple against class III. A mean that its rule does not allow (not is_sufficient) has neither.
#}
{% macro water_assessed_items(items, key) -%}
assessable as (
    select
        p.*,
        i.name_zh as item_zh,
        i.in_class_assessment,
        i.in_realtime_class,
        i.has_exceedance_multiple,
        i.named_first,
        i.unit,
        case
            when r.water_statistics_rounded = 1
                then {{ round_even_keeping_digit('p.mean_value', 'i.assessment_decimals') }}
            else p.mean_value
        end as assessed_value,
        r.water_exceedance_class_rank,
        r.water_multiple_decimals
    from {{ items }} as p
    inner join {{ ref('water_items') }} as i on p.parameter = i.parameter and {{ in_force('p.period_end', 'i') }}
    inner join {{ ref('int_water_rules') }} as r on {{ in_force('p.period_end', 'r') }}
),

classable as (
    select * from assessable where is_sufficient
),

classed as (
    {{ water_item_classes('classable', key, 'period_end') }}
),

assessed_items as (
    select
        a.*,
        c.class_rank,
        t.limit_high as class_iii_limit,
        case
            when a.is_sufficient and a.has_exceedance_multiple and a.assessed_value > t.limit_high
                then
                    cast({{ round_even_by(
                        exact_quotient('a.assessed_value - t.limit_high', 't.limit_high'), 'a.water_multiple_decimals'
                    ) }} as decimal(18, 6))
        end as exceedance_multiple
    from assessable as a
    left join classed as c
        on {% for column in key %}a.{{ column }} = c.{{ column }} and {% endfor %}a.parameter = c.parameter
    left join {{ ref('gb3838_limits') }} as t
        on
            a.parameter = t.parameter and a.water_type = t.water_type and {{ in_force('a.period_end', 't') }}
            and a.water_exceedance_class_rank = t.class_rank
)
{%- endmacro %}

{#
  CTEs up to `place_classes`: one row per key of `items` (assessed items) with the class of the worst item among the 21,
  the items that hold it, and the main pollutants: items beyond class III, cyanide and heavy metals first, then by class
  and multiple, at most the declared number.
#}
{% macro water_place_classes(items, key) -%}
{%- set keys = key | join(', ') -%}
deciding_order as (
    select
        *,
        row_number() over (
            partition by {{ keys }} order by class_rank desc, exceedance_multiple desc nulls last, parameter asc
        ) as item_place,
        max(class_rank) over (partition by {{ keys }}) as worst_rank
    from {{ items }}
    where in_class_assessment and class_rank is not null
),

pollutant_order as (
    select
        i.*,
        r.water_main_pollutants,
        i.class_rank > i.water_exceedance_class_rank as is_beyond,
        row_number() over (
            partition by {% for column in key %}i.{{ column }}, {% endfor %}i.class_rank > i.water_exceedance_class_rank
            order by i.named_first desc, i.item_place asc
        ) as pollutant_place
    from deciding_order as i
    inner join {{ ref('int_water_rules') }} as r on {{ in_force('i.period_end', 'r') }}
),

place_classes as (
    select
        {{ keys }},
        max(class_rank) as class_rank,
        {{ joined('case when class_rank = worst_rank and class_rank > 1 then parameter end', ',', 'item_place') }}
            as deciding_items,
        {{ joined('case when class_rank = worst_rank and class_rank > 1 then item_zh end', '、', 'item_place') }}
            as deciding_items_zh,
        {{ joined(
            "case when is_beyond then concat(item_zh, case when exceedance_multiple is not null "
            ~ "then concat('(', cast(exceedance_multiple as decimal(18, 2)), ')') else '' end) end",
            '、', 'pollutant_place'
        ) }} as exceeding_zh,
        {{ joined(
            'case when is_beyond and pollutant_place <= water_main_pollutants then item_zh end', '、', 'pollutant_place'
        ) }} as main_pollutants_zh,
        max(exceedance_multiple) as largest_multiple
    from pollutant_order
    group by {{ keys }}
)
{%- endmacro %}

{# What a product compares with the limits, as data: from the product's rule in force. #}
{% macro water_values_used(rounded_rule) -%}
    case when {{ rounded_rule }} = 1 then 'rounded_to_item_decimals' else 'unrounded' end
{%- endmacro %}

{#
  Item index of the water quality index (CWQI), to 12 decimals: the value against the limits of class III. An upper limit
  gives C : S, a lower one (dissolved oxygen) S : C, both (pH) the distance from neutral on its side. Null where the
  quotient has no value: oxygen of 0.
#}
{% macro water_item_index(value, limits, neutral) -%}
    case
        when {{ limits }}.limit_low is not null and {{ limits }}.limit_high is not null and {{ value }} <= {{ neutral }}
            then {{ exact_quotient(neutral ~ ' - ' ~ value, neutral ~ ' - ' ~ limits ~ '.limit_low') }}
        when {{ limits }}.limit_low is not null and {{ limits }}.limit_high is not null
            then {{ exact_quotient(value ~ ' - ' ~ neutral, limits ~ '.limit_high - ' ~ neutral) }}
        when {{ limits }}.limit_low is not null then {{ exact_quotient(limits ~ '.limit_low', value) }}
        else {{ exact_quotient(value, limits ~ '.limit_high') }}
    end
{%- endmacro %}
