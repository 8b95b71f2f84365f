{#-
  Base years that plans declare for a cumulative fall per unit of GDP and that are not those of per_gdp_series: plans of
  other years judge the fall since theirs, which is a variant of its own.
-#}
with declared as (
    select
        plan_id,
        indicator_id,
        reduction_base_year as base_year
    from {{ declared('plan_judgement') }}
    where reduction_base_year is not null
    union all
    select
        plan_id,
        commitment_id as indicator_id,
        reduction_base_year as base_year
    from {{ declared('commitment_judgement') }}
    where reduction_base_year is not null
),

series as (
    select distinct
        indicator_id,
        base_year
    from {{ ref('per_gdp_series') }}
)

select
    d.plan_id,
    d.indicator_id,
    d.base_year,
    concat('_from_', cast(d.base_year as string)) as suffix
from declared as d
inner join series as s on d.indicator_id = s.indicator_id
where d.base_year <> s.base_year
