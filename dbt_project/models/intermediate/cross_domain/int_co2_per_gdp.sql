{#-
  Fall of CO2 per unit of GDP at constant prices, %: against the year before, and cumulative since the base year of the
  plan (the product of the yearly ratios, which is the ratio of last and first). Measured and reported totals are never
  mixed in one series; a fall is positive.
-#}
with carbon as (
    select
        case when variant = '' then 'measured' else variant end as series,
        period_start,
        period_end,
        value as co2,
        validity,
        provenance
    from {{ admitted('mart_energy_indicators') }}
    where
        indicator_id = 'carbon_emission_total'
        and period_kind = 'year'
        and value is not null
        and area_code = '{{ var("area_code") }}'
    union all
    select
        variant as series,
        period_start,
        period_end,
        value as co2,
        validity,
        provenance
    from {{ admitted('mart_returns_indicators') }}
    where
        indicator_id = 'carbon_emission_total'
        and variant = 'reported'
        and value is not null
        and area_code = '{{ var("area_code") }}'
),

gdp as (
    select
        period_start,
        case when min(value) = max(value) then max(value) end as gdp,
        {{ least_provenance('provenance') }} as provenance
    from {{ admitted('mart_returns_values') }}
    where
        item = 'gdp_constant'
        and period_kind = 'year'
        and area_code = '{{ var("area_code") }}'
    group by period_start
),

intensity as (
    select
        c.series,
        c.period_start,
        c.period_end,
        extract(year from c.period_start) as year,
        -- Wide on purpose: DuckDB multiplies two decimal(18) of scale 6 in 64 bits and stops on overflow.
        cast(c.co2 as decimal(38, 6)) as co2,
        cast(g.gdp as decimal(38, 6)) as gdp,
        c.validity,
        {{ lesser_provenance('c.provenance', 'g.provenance') }} as provenance
    from carbon as c
    inner join gdp as g on c.period_start = g.period_start
    where g.gdp > 0
),

pairs as (
    select
        'yearly' as comparison,
        t.*,
        b.co2 as base_co2,
        b.gdp as base_gdp,
        b.validity as base_validity,
        b.provenance as base_provenance
    from intensity as t
    inner join intensity as b on t.series = b.series and t.year = b.year + 1
    union all
    select
        'cumulative' as comparison,
        t.*,
        b.co2 as base_co2,
        b.gdp as base_gdp,
        b.validity as base_validity,
        b.provenance as base_provenance
    from intensity as t
    inner join {{ ref('plan_judgement') }} as j on j.indicator_id = 'co2_per_gdp_reduction'
    inner join intensity as b on t.series = b.series and j.reduction_base_year = b.year
    where t.year > b.year
)

select
    case
        when series = 'measured' then comparison
        when comparison = 'cumulative' then 'reported'
        else 'yearly_reported'
    end as variant,
    period_start,
    period_end,
    {{ exact_ratio('(base_co2 * gdp - co2 * base_gdp) * 100', 'base_co2 * gdp', 2, 8) }} as value,
    -- Two totals and two GDPs.
    cast(2 + 2 as bigint) as n_inputs,
    case when validity = 'valid' and base_validity = 'valid' then 'valid' else 'indicative' end as validity,
    {{ lesser_provenance('provenance', 'base_provenance') }} as provenance
from pairs
where base_co2 > 0
