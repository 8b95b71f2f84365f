{#-
  How the plan's targets are judged and projected: comparison, even pace, straight line through annual values.
  Not here: which value counts (int_plan_values), the words of a status (int_plan_judged), numbers of the rules (seeds).
-#}

{# Whether `value` attains `target` under the operator that stands in a column; null where one of them is. #}
{% macro attains(operator, value, target) -%}
    case {{ operator }}
        when '<=' then {{ value }} <= {{ target }}
        when '<' then {{ value }} < {{ target }}
        when '>=' then {{ value }} >= {{ target }}
        when '>' then {{ value }} > {{ target }}
    end
{%- endmacro %}

{# `change` seen in the direction that is an improvement (column `better`: higher or lower). #}
{% macro gain(change, better) -%}
    case when {{ better }} = 'lower' then -({{ change }}) else {{ change }} end
{%- endmacro %}

{#
  Value at u = 0 of the least-squares line through n points (u, y), from their sums; u counts years from the target
  year, so this is the projection. Exact, carried to 12 decimals. Null where all points share one u.
#}
{% macro line_at_zero(n, sum_u, sum_uu, sum_y, sum_uy) -%}
    {{ exact_quotient(
        '(' ~ sum_y ~ ' * ' ~ sum_uu ~ ' - ' ~ sum_u ~ ' * ' ~ sum_uy ~ ')',
        '(' ~ n ~ ' * ' ~ sum_uu ~ ' - ' ~ sum_u ~ ' * ' ~ sum_u ~ ')'
    ) }}
{%- endmacro %}

{#
  Half the width of the prediction interval at u = 0: t · s · sqrt(1 + 1/n + mean(u)² / Sxx). z is y as an integer of
  millionths above the smallest y, so that all sums are exact; the root is rounded to 6 decimals. Null for n of 2 or
  fewer and where a sum would leave the range of exact integers.
#}
{% macro half_width_at_zero(quantile, n, sum_u, sum_uu, sum_z, sum_zz, sum_uz) -%}
    {%- set spread = '(' ~ n ~ ' * ' ~ sum_uu ~ ' - ' ~ sum_u ~ ' * ' ~ sum_u ~ ')' -%}
    cast(
        cast({{ quantile }} as double) * sqrt(cast(
            (({{ n }} * {{ sum_zz }} - {{ sum_z }} * {{ sum_z }}) * {{ spread }}
            - ({{ n }} * {{ sum_uz }} - {{ sum_u }} * {{ sum_z }}) * ({{ n }} * {{ sum_uz }} - {{ sum_u }} * {{ sum_z }}))
            * ({{ spread }} + {{ sum_uu }})
            as double
        ) / nullif({{ n }} * ({{ n }} - 2), 0)) / nullif({{ spread }}, 0) / 1000000
        as decimal(18, 6)
    )
{%- endmacro %}

{# Spread of values up to which the sums of half_width_at_zero() stay exact integers. #}
{% macro widest_exact() -%}
    1000000000
{%- endmacro %}

{#
  What every table of judged promises shows of int_plan_judged (alias `d`): target, values, status, pace, projection.
  One list, so that the scorecard and the commitments cannot part.
#}
{% macro judged_columns() -%}
    d.baseline_year,
    d.baseline_value,
    case when d.baseline_value is not null then 'plan' end as baseline_provenance,
    d.target_year,
    d.target_operator,
    cast(d.judged_against as decimal(18, 6)) as target_value,
    d.judged_operator,
    d.target_text_zh,
    d.target_source,
    cast(d.latest_year as bigint) as latest_year,
    d.latest_value,
    d.latest_variant,
    d.latest_method,
    coalesce(d.latest_year > d.target_year, false) as is_latest_after_target,
    cast(d.judged_year as bigint) as judged_year,
    d.judged_value,
    d.value_variant,
    d.value_method,
    d.year_to_date_value,
    d.year_to_date_validity,
    d.year_to_date_standard,
    d.year_to_date_start,
    d.year_to_date_end,
    d.status,
    w.name_zh as status_zh,
    d.status_reason,
    d.note_zh,
    cast(d.pace_needed as decimal(18, 6)) as pace_needed_per_year,
    cast(d.pace_so_far as decimal(18, 6)) as pace_so_far_per_year,
    d.pace_reason,
    cast(d.projection as decimal(18, 6)) as projection_value,
    cast(d.projection_low as decimal(18, 6)) as projection_low,
    cast(d.projection_high as decimal(18, 6)) as projection_high,
    cast(d.projection_level as decimal(9, 4)) as projection_level,
    cast(d.trend_years as bigint) as projection_years,
    cast(d.trend_first_year as bigint) as projection_first_year,
    cast(d.trend_last_year as bigint) as projection_last_year,
    d.trend_variant as projection_variant,
    d.trend_method as projection_method,
    d.projection_reason,
    cast(case when not d.is_over then {{ gain('d.needed_gain', 'd.better') }} end as decimal(18, 6))
        as change_needed_per_year,
    cast({{ gain('d.largest_gain', 'd.better') }} as decimal(18, 6)) as largest_change_per_year,
    d.can_still_be_met,
    d.can_still_be_met_reason,
    cast(d.n_expected as bigint) as n_expected,
    cast(d.n_valid as bigint) as n_valid,
    cast(d.n_suspect as bigint) as n_suspect,
    d.coverage,
    d.validity,
    d.standard,
    d.clause,
    d.domain,
    d.domain_state,
    coalesce(d.provenance, 'plan') as provenance
{%- endmacro %}

{# `value` cut off at what is possible; an end that is null is open, and nothing stays nothing. #}
{% macro within_range(value, low, high) -%}
    case when {{ value }} < {{ low }} then {{ low }} when {{ value }} > {{ high }} then {{ high }} else {{ value }} end
{%- endmacro %}

{# The milestone that a plan_ref names: the last part of project:<no>:<milestone>. #}
{% macro milestone_of(plan_ref) -%}
    split_part({{ plan_ref }}, ':', 3)
{%- endmacro %}

{# Whether `item` is one of the items of `list`, a text separated by '; '. A list is not compared as one text. #}
{% macro is_in_list(item, list) -%}
    position(concat('; ', {{ item }}, '; ') in concat('; ', {{ list }}, '; ')) > 0
{%- endmacro %}
