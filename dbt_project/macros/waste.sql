{#-
  What the waste models share: loads that were undone, verdicts over weighbridge-days and loads.
  Not here: how categories and destinations count (seeds waste_*), thresholds (seed rule_values_totals).
-#}

{#
  Verdict over a period of loads from the columns of row `p` and the rules `r`: enough weighbridge-days are covered, and
  enough of the loads received count.
#}
{% macro waste_validity(p, r) -%}
    case
        when {{ p }}.is_pending then 'pending'
        when {{ p }}.loads_received = 0 then 'insufficient'
        when
            {{ p }}.weighbridge_days_covered >= {{ p }}.weighbridge_days_expected * {{ r }}.waste_coverage_valid
            and {{ p }}.loads_counted >= {{ p }}.loads_received * {{ r }}.waste_coverage_valid then 'valid'
        when
            {{ p }}.weighbridge_days_covered >= {{ p }}.weighbridge_days_expected * {{ r }}.waste_coverage_indicative
            and {{ p }}.loads_counted >= {{ p }}.loads_received * {{ r }}.waste_coverage_indicative then 'indicative'
        else 'insufficient'
    end
{%- endmacro %}

{# Why a period of loads is not simply valid. #}
{% macro waste_reason(p) -%}
    concat_ws(
        ';',
        case
            when {{ p }}.weighbridge_days_covered < {{ p }}.weighbridge_days_expected
                then {{ reason('weighbridge_days_covered', p ~ '.weighbridge_days_covered', p ~ '.weighbridge_days_expected') }}
        end,
        case
            when {{ p }}.loads_counted < {{ p }}.loads_received
                then {{ reason(
                    'loads_left_out', p ~ '.loads_received - ' ~ p ~ '.loads_counted', p ~ '.loads_received'
                ) }}
        end
    )
{%- endmacro %}

{#
  What rows of `relation` undo, by the site and the number in `number` that they name: how much, and whether all of it,
  which a row without a mass means. A mass that undoes may be written with either sign.
#}
{% macro undone(relation, number, mass) -%}
    select
        site_id,
        undoes as {{ number }},
        sum(abs({{ mass }})) as undone_t,
        bool_or({{ mass }} is null) as is_undone_whole
    from {{ relation }}
    where undoes is not null and coalesce(state, 'valid') <> 'void'
    group by site_id, undoes
{%- endmacro %}

{# Whether the load `w` was cancelled, or undone (`u`) altogether. #}
{% macro is_voided(w, mass, u='u') -%}
    coalesce({{ w }}.state, 'valid') = 'void'
    or coalesce({{ u }}.is_undone_whole or {{ u }}.undone_t >= {{ mass }}, false)
{%- endmacro %}

{#
  Verdict over loads alone, from the columns of row `p` and the rules `r`: enough of the loads count, and loads of the
  category are there in enough of the period's months (`months_expected`, `months_heard`; null where nobody asks).
#}
{% macro loads_validity(p, r) -%}
    case
        when {{ p }}.is_pending then 'pending'
        when {{ p }}.n_expected = 0 then 'insufficient'
        when
            {{ p }}.n_valid >= {{ p }}.n_expected * {{ r }}.waste_coverage_valid
            and coalesce({{ p }}.months_heard >= {{ p }}.months_expected * {{ r }}.waste_coverage_valid, true)
            then 'valid'
        when
            {{ p }}.n_valid >= {{ p }}.n_expected * {{ r }}.waste_coverage_indicative
            and coalesce({{ p }}.months_heard >= {{ p }}.months_expected * {{ r }}.waste_coverage_indicative, true)
            then 'indicative'
        else 'insufficient'
    end
{%- endmacro %}

{# Loads that count and their masses as columns, of a judged row: no mass where too few of the loads count. #}
{% macro loads_published(p) -%}
    cast({{ p }}.n_valid as bigint) as loads
    {%- for mass in ['received_t', 'shipped_t', 'difference_t'] %},
    cast(case when {{ p }}.validity <> 'insufficient' then {{ p }}.{{ mass }} end as decimal(24, 6)) as {{ mass }}
    {%- endfor %}
{%- endmacro %}

{# Why a figure over loads alone is not simply valid. #}
{% macro loads_reason(p) -%}
    concat_ws(
        ';',
        case when {{ p }}.is_pending then {{ reason('period_not_over') }} end,
        case
            when {{ p }}.n_valid < {{ p }}.n_expected
                then {{ reason('loads_left_out', p ~ '.n_expected - ' ~ p ~ '.n_valid', p ~ '.n_expected') }}
        end,
        case
            when {{ p }}.months_heard < {{ p }}.months_expected
                then {{ reason('months_with_loads', p ~ '.months_heard', p ~ '.months_expected') }}
        end
    )
{%- endmacro %}

{# Days of a week: a calendar fact, not a rule. #}
{% macro days_per_week() -%}
    7
{%- endmacro %}
