{#-
  Section x period: the class by single factor over the items present among the 21, and the section's target. Months,
  quarters, years and the year to date alike; the class always comes from means. A quarter or year that is not over, or
  has fewer months than the rule asks, has no class (is_published is false). An assessed section needs all of the 21 for
  a valid class, another one the declared number and the automatic items. A class, an attainment or a validity that
  suspect readings decide is indicative. Which items decide the class: int_water_deciding.
-#}
{%- set compared = [
    ('class', 'v.class_rank', 'v.sure_class_rank'), ('attainment', 'v.attains_target', 'v.sure_attains_target'),
    ('validity', 'v.counted_validity', 'v.sure_validity')
] %}
with counts as (
    select
        period_kind,
        period_start,
        site_id,
        count(case when in_class_assessment and is_sufficient then 1 end) as n_items,
        count(case when in_realtime_class and is_sufficient then 1 end) as n_automatic_items,
        count(case when in_class_assessment and not is_sufficient then 1 end) as n_short_items,
        coalesce(min(case when in_realtime_class then n_months end), max(n_months)) as n_months,
        sum(n_values) as n_values,
        coalesce(sum(n_suspect), 0) as n_suspect,
        count(case when in_class_assessment and sure_is_sufficient then 1 end) as sure_n_items,
        count(case when in_realtime_class and sure_is_sufficient then 1 end) as sure_n_automatic_items,
        count(case when in_class_assessment and not sure_is_sufficient then 1 end) as sure_n_short_items,
        coalesce(min(case when in_realtime_class then sure_n_months end), max(sure_n_months)) as sure_n_months,
        max(case when in_class_assessment then class_rank end) as class_rank,
        max(case when in_class_assessment then sure_class_rank end) as sure_class_rank,
        min(provenance_rank) as provenance_rank
    from {{ ref('int_water_item_class') }}
    group by period_kind, period_start, site_id
),

item_counts as (
    select
        valid_from,
        valid_to,
        sum(case when in_class_assessment then 1 else 0 end) as n_class_items,
        sum(case when in_realtime_class then 1 else 0 end) as n_automatic_items
    from {{ ref('water_items') }}
    group by valid_from, valid_to
),

periods as (
    select
        s.*,
        c.n_items,
        c.n_automatic_items,
        c.n_short_items,
        c.n_months,
        c.n_values,
        c.n_suspect,
        {%- for name in ['n_items', 'n_automatic_items', 'n_short_items', 'n_months'] %}
            case when c.n_suspect = 0 then c.{{ name }} else c.sure_{{ name }} end as sure_{{ name }},
        {%- endfor %}
        c.class_rank as worst_rank,
        c.sure_class_rank as sure_worst_rank,
        c.provenance_rank,
        e.n_class_items,
        e.n_automatic_items as n_automatic_expected,
        case when s.assessed then e.n_class_items else cast(r.water_class_min_items as bigint) end as n_items_needed,
        -- A month that is not over shows its class so far, as the samples of a month seldom come last.
        (s.period_kind = 'month' or not s.is_pending) and c.n_months >= s.n_months_min as is_published
    from {{ ref('int_water_section_period') }} as s
    inner join counts as c
        on s.period_kind = c.period_kind and s.period_start = c.period_start and s.site_id = c.site_id
    inner join item_counts as e on {{ in_force('s.period_end', 'e') }}
    inner join {{ ref('int_water_rules') }} as r on {{ in_force('s.period_end', 'r') }}
),

classes as (
    select
        s.*,
        k.water_class,
        k.class_rank,
        k.water_class_zh,
        k.grade_zh,
        k.grade_rank,
        t.class_rank as target_rank,
        case
            when s.n_suspect = 0 then k.class_rank
            when s.is_published and s.sure_n_months >= s.n_months_min then s.sure_worst_rank
        end as sure_class_rank
    from periods as s
    left join {{ ref('water_classes') }} as k
        on s.worst_rank = k.class_rank and s.is_published and {{ in_force('s.period_end', 'k') }}
    left join {{ ref('water_classes') }} as t on s.class_target = t.water_class and {{ in_force('s.period_end', 't') }}
),

counted as (
    select
        *,
        {%- for name in ['', 'sure_'] %}
            {{ name }}class_rank <= target_rank as {{ name }}attains_target,
            case
                when is_pending then 'pending'
                when {{ name }}class_rank is null then 'insufficient'
                when {{ name }}n_months < n_months_valid then 'indicative'
                when {{ name }}n_items < n_items_needed then 'indicative'
                when {{ name }}n_automatic_items < n_automatic_expected then 'indicative'
                when {{ name }}n_short_items > 0 then 'indicative'
                else 'valid'
            end as {{ name or 'counted_' }}validity,
        {%- endfor %}
        case
            when not is_registered then {{ reason('site_not_in_register') }}
            when water_type is null then {{ reason('site_without_water_type') }}
            when is_pending then {{ reason('period_kind_not_over', {'words': "concat('@', period_kind)"}) }}
            when n_months < n_months_min or n_months < n_months_valid
                then {{ reason('months_there', 'n_months', 'n_months_expected') }}
            when class_rank is null then {{ reason('no_usable_value_of_assessed_item') }}
            when assessed and n_items < n_items_needed then {{ reason('items_of_all', 'n_items', 'n_items_needed') }}
            when n_automatic_items < n_automatic_expected
                then {{ reason('automatic_items', 'n_automatic_items', 'n_automatic_expected') }}
            when n_items < n_items_needed
                then {{ reason('items_of_class', 'n_items', 'n_items_needed') }}
            when n_short_items > 0 then {{ reason('items_with_too_few_months', 'n_short_items') }}
        end as counted_reason
    from classes
)

select
    v.*,
    {{ validity_without_suspects('v.counted_validity', compared) }} as validity,
    concat_ws(
        ';', v.counted_reason,
        case
            when v.counted_validity in ('valid', 'indicative')
                then {{ suspects_decide_reason('v.n_suspect', 'values', compared) }}
        end
    ) as validity_reason
from counted as v
