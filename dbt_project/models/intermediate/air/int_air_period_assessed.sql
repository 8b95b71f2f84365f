{#-
  Period statistics as they are published and judged: rounded by the rule of the period, against the limits of the
  period's edition. Where the validity rule does not allow a figure it is null. `attains_limits` is a verdict on a whole
  year under one edition, never on a part of one, a month, a year to date or `mixed`, which has no limits.
-#}
with rounded as (
    select
        s.*,
        i.symbol,
        i.name_zh as item_zh,
        i.unit,
        i.sort_order,
        i.pollutant,
        i.limit_averaging,
        i.limit_averaging = '24h' and i.pollutant <> 'co' as has_annual_limit,
        r.air_attainment_grade,
        s.is_judged_without_dust and i.has_dust_variant as judged_without_dust,
        s.validity in ('valid', 'indicative') as is_allowed,
        case i.pollutant when 'co' then r.air_statistic_decimals_co else r.air_statistic_decimals end as decimals
    from {{ ref('int_air_period_item') }} as s
    inner join {{ ref('air_items') }} as i on s.item = i.item
    inner join {{ ref('int_air_rules') }} as r on {{ in_force('s.rule_end', 'r') }}
),

published as (
    select
        *,
        case when is_allowed then {{ round_even_by('mean_value', 'decimals') }} end as mean_rounded,
        case when is_allowed then {{ round_even_by('percentile_value', 'decimals') }} end as percentile_rounded
    from rounded
)

select
    p.*,
    a.limit_value as annual_limit,
    d.limit_value as daily_limit,
    case
        when p.edition = 'mixed' or p.period_kind <> 'year' or not p.is_whole then null
        when p.has_annual_limit
            then p.mean_rounded <= a.limit_value and p.percentile_rounded <= d.limit_value
        else p.percentile_rounded <= d.limit_value
    end as attains_limits,
    case
        when p.has_annual_limit then {{ exact_quotient('p.mean_rounded', 'a.limit_value') }}
        else {{ exact_quotient('p.percentile_rounded', 'd.limit_value') }}
    end as composite_share
from published as p
left join {{ ref('gb3095_limits') }} as a
    on
        p.pollutant = a.pollutant and a.averaging = 'annual' and p.has_annual_limit and p.edition <> 'mixed'
        and p.air_attainment_grade = a.grade and {{ in_force('p.rule_start', 'a') }}
left join {{ ref('gb3095_limits') }} as d
    on
        p.pollutant = d.pollutant and p.limit_averaging = d.averaging and p.edition <> 'mixed'
        and p.air_attainment_grade = d.grade and {{ in_force('p.rule_start', 'd') }}
