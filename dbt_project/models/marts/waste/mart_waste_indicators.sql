{#-
  Household waste rates of the district by year, each variant named. They serve the commitments of the plan (6.1.2);
  none of the 22 indicators is a waste rate.
-#}
with figures as (
    select
        p.*,
        'kitchen_waste_sorted_share' as indicator_id,
        'all_sources' as variant,
        p.kitchen_t as part,
        p.kitchen_t + p.other_t as whole,
        'kitchen / (kitchen + other) × 100' as clause
    from {{ ref('int_waste_period') }} as p
    union all
    select
        p.*,
        'kitchen_waste_sorted_share' as indicator_id,
        'household_only' as variant,
        p.household_kitchen_t as part,
        p.household_kitchen_t + p.other_t as whole,
        'household kitchen / (household kitchen + other) × 100' as clause
    from {{ ref('int_waste_period') }} as p
    union all
    select
        p.*,
        'household_waste_recycling' as indicator_id,
        '' as variant,
        p.recyclable_t + p.kitchen_recycled_t as part,
        p.kitchen_t + p.other_t + p.recyclable_t as whole,
        '(recyclables + kitchen recycled) / (collected + recyclables) × 100' as clause
    from {{ ref('int_waste_period') }} as p
    union all
    select
        p.*,
        'household_waste_safe' as indicator_id,
        '' as variant,
        p.household_harmless_t as part,
        p.household_t as whole,
        'harmlessly treated / collected × 100' as clause
    from {{ ref('int_waste_period') }} as p
    union all
    select
        p.*,
        'primary_waste_landfilled' as indicator_id,
        '' as variant,
        p.household_landfill_t as part,
        null as whole,
        'raw waste landfilled' as clause
    from {{ ref('int_waste_period') }} as p
),

judged as (
    select
        f.*,
        case
            when f.is_pending then 'pending'
            when f.days_with_loads >= f.days_expected * r.waste_coverage_valid then 'valid'
            when f.days_with_loads >= f.days_expected * r.waste_coverage_indicative then 'indicative'
            else 'insufficient'
        end as validity,
        case when f.indicator_id = 'primary_waste_landfilled' then f.part
            else {{ round_even_by(exact_quotient('f.part * 100', 'f.whole'), 'r.waste_rate_decimals') }}
        end as figure
    from figures as f
    inner join {{ ref('int_waste_rules') }} as r on {{ in_force('f.period_start', 'r') }}
)

select
    j.indicator_id,
    coalesce(c.name_zh, j.indicator_id) as name_zh,
    '{{ var("area_code") }}' as area_code,
    '{{ var("area_name_zh") }}' as area_name_zh,
    j.period_kind,
    j.period_start,
    j.period_end,
    j.variant,
    cast(case when j.validity in ('valid', 'indicative') then j.figure end as decimal(18, 6)) as value,
    coalesce(c.unit, '') as unit,
    cast(j.days_expected as bigint) as n_expected,
    cast(j.days_with_loads as bigint) as n_valid,
    {{ coverage('j.days_with_loads', 'j.days_expected') }} as coverage,
    j.validity,
    case
        when j.validity = 'pending' then 'the year is not over'
        when j.validity = 'valid' then ''
        else concat(
                'loads on ', cast(j.days_with_loads as string), ' of ', cast(j.days_expected as string), ' days'
            )
    end as validity_reason,
    '生活垃圾统计口径' as standard,
    j.clause,
    j.provenance
from judged as j
left join {{ ref('plan_commitments_2025') }} as c on j.indicator_id = c.commitment_id
