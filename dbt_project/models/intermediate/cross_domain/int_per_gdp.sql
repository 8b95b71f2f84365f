{#-
  Fall of CO2, energy and water per unit of GDP at constant prices, %: against the year before, and cumulative since the
  base year, and since each base year that a plan declares (the product of the yearly ratios, which is the ratio of last
  and first). Every series of per_gdp_series has
  one source and one method and is compared with itself alone; what it lacks for a comparison is named. A fall is
  positive.
-#}
with totals as (
    {%- for domain in ['energy', 'returns'] %}
        select
            '{{ domain }}' as domain,
            indicator_id,
            variant,
            area_code,
            period_start,
            period_end,
            value,
            validity,
            validity_reason,
            provenance
        from {{ admitted('mart_' ~ domain ~ '_indicators') }}
        where period_kind = 'year'
        {{ 'union all' if not loop.last }}
    {%- endfor %}
),

gdp as (
    select
        area_code,
        period_start,
        case when min(value) = max(value) then max(value) end as gdp,
        {{ least_provenance('provenance') }} as provenance
    from {{ admitted('mart_returns_values') }}
    where item = 'gdp_constant' and period_kind = 'year' and plan_ref = ''
    group by area_code, period_start
),

series as (
    select
        s.indicator_id,
        s.series,
        s.cumulative_variant,
        s.yearly_variant,
        s.base_year,
        s.decimals,
        s.standard,
        s.clause,
        t.area_code,
        t.period_start,
        t.period_end,
        extract(year from t.period_start) as year,
        -- Wide on purpose: DuckDB multiplies two decimal(18) of scale 6 in 64 bits and stops on overflow.
        cast(t.value as decimal(38, 6)) as total,
        cast(case when g.gdp > 0 then g.gdp end as decimal(38, 6)) as gdp,
        t.validity,
        t.validity_reason,
        {{ lesser_provenance('t.provenance', 'coalesce(g.provenance, t.provenance)') }} as provenance
    from totals as t
    inner join {{ ref('per_gdp_series') }} as s
        on t.domain = s.source_domain and t.indicator_id = s.source_id and t.variant = coalesce(s.source_variant, '')
    left join gdp as g on t.area_code = g.area_code and t.period_start = g.period_start
),

-- Several plans may have one base year.
base_years as (
    select distinct
        indicator_id,
        base_year,
        suffix
    from {{ ref('int_plan_base_year') }}
),

comparisons as (
    select
        *,
        yearly_variant as variant,
        year - 1 as year_before
    from series
    union all
    select
        *,
        cumulative_variant as variant,
        base_year as year_before
    from series
    where year > base_year
    union all
    select
        s.*,
        concat(s.cumulative_variant, b.suffix) as variant,
        b.base_year as year_before
    from series as s
    inner join base_years as b on s.indicator_id = b.indicator_id and s.year > b.base_year
),

pairs as (
    select
        t.*,
        b.total as base_total,
        b.gdp as base_gdp,
        b.validity as base_validity,
        b.validity_reason as base_validity_reason,
        case
            when t.total is not null and t.gdp is not null and b.total > 0 and b.gdp is not null
                then {{ exact_quotient('(b.total * t.gdp - t.total * b.gdp) * 100', 'b.total * t.gdp', 8) }}
        end as fall,
        {{ lesser_provenance('t.provenance', 'coalesce(b.provenance, t.provenance)') }} as least
    from comparisons as t
    left join series as b
        on
            t.indicator_id = b.indicator_id
            and t.series = b.series
            and t.area_code = b.area_code
            and t.year_before = b.year
)

select
    p.indicator_id,
    coalesce(i.name_zh, c.name_zh) as indicator_name_zh,
    p.area_code,
    {{ area_name('p.area_code', 'a.name_zh') }} as area_name_zh,
    p.variant,
    p.period_start,
    p.period_end,
    {{ round_even_by('p.fall', 'p.decimals') }} as value,
    coalesce(i.unit, c.unit) as unit,
    -- Two totals and two GDPs.
    cast(2 + 2 as bigint) as n_expected,
    cast(
        case when p.total is null then 0 else 1 end
        + case when p.gdp is null then 0 else 1 end
        + case when p.base_total is null then 0 else 1 end
        + case when p.base_gdp is null then 0 else 1 end
        as bigint
    ) as n_valid,
    case
        when p.validity = 'pending' and p.total is null then 'pending'
        when p.fall is null then 'insufficient'
        when p.validity = 'valid' and p.base_validity = 'valid' then 'valid'
        else 'indicative'
    end as validity,
    concat_ws(
        '; ',
        case
            when p.total is null
                then concat_ws(
                        ': ',
                        concat('no total of ', cast(p.year as string), ' in the series ', p.series),
                        nullif(p.validity_reason, '')
                    )
        end,
        case when p.gdp is null then concat('no GDP at constant prices of ', cast(p.year as string)) end,
        case
            when p.base_total is null or p.base_total <= 0
                then concat_ws(
                        ': ',
                        concat('the series ', p.series, ' has no total of ', cast(p.year_before as string)),
                        nullif(p.base_validity_reason, '')
                    )
        end,
        case
            when p.base_total is not null and p.base_gdp is null
                then concat('no GDP at constant prices of ', cast(p.year_before as string))
        end,
        case
            when p.fall is not null and p.validity <> 'valid'
                then concat_ws(
                        ': ',
                        concat('the total of ', cast(p.year as string), ' is ', p.validity),
                        nullif(p.validity_reason, '')
                    )
        end,
        case
            when p.fall is not null and p.base_validity <> 'valid'
                then concat_ws(
                        ': ',
                        concat('the total of ', cast(p.year_before as string), ' is ', p.base_validity),
                        nullif(p.base_validity_reason, '')
                    )
        end
    ) as validity_reason,
    p.standard,
    concat(
        p.clause,
        '; base ',
        cast(p.year_before as string)
    ) as clause,
    p.least as provenance
from pairs as p
left join {{ ref('plan_indicators') }} as i on p.indicator_id = i.indicator_id
left join {{ ref('plan_commitments') }} as c on p.indicator_id = c.commitment_id
left join {{ ref('stg_area_name') }} as a on p.area_code = a.area_code
