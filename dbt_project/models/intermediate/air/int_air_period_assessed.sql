{#-
  Period statistics as they are published and judged: rounded by the rule of the period, against the limits of the
  period's edition. Where the validity rule does not allow a figure it is null; where suspect readings decide whether it
  is valid or attains its limits, it is indicative. `attains_limits` is a verdict on a whole
  year under one edition, never on a part of one, a month, a year to date or `mixed`, which has no limits.
-#}
{{ config(meta={'by_day': {'reads': {'int_air_period_item': 'year'}, 'day': 'period_start'}}) }}
{%- set compared = [
    ('attainment', 'j.attains_limits', 'j.sure_attains_limits'), ('validity', 'j.counted_validity', 'j.sure_validity')
] %}
with rounded as (
    select
        s.basis,
        s.place_kind,
        s.place_id,
        s.item,
        s.variant,
        s.period_kind,
        s.period_start,
        s.period_end,
        s.scope_start,
        s.scope_end,
        s.rule_start,
        s.is_whole,
        s.edition,
        s.limits_standard,
        s.index_standard,
        s.statistics_standard,
        s.n_expected,
        s.n_valid,
        s.n_suspect,
        s.n_dust_days_left_out,
        s.n_months,
        s.n_months_held,
        s.validity as counted_validity,
        s.validity_reason as counted_reason,
        s.sure_validity,
        s.percentile,
        s.mean_value,
        s.percentile_value,
        s.sure_mean_value,
        s.sure_percentile_value,
        s.provenance_rank,
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
    from {{ days_of(ref('int_air_period_item'), 'period_start') }} as s
    inner join {{ ref('air_items') }} as i on s.item = i.item
    inner join {{ ref('int_air_rules') }} as r on {{ in_force('s.rule_end', 'r') }}
),

published as (
    select
        *,
        case when is_allowed then {{ round_even_by('mean_value', 'decimals') }} end as mean_rounded,
        case when is_allowed then {{ round_even_by('percentile_value', 'decimals') }} end as percentile_rounded,
        case when is_allowed then {{ round_even_by('sure_mean_value', 'decimals') }} end as sure_mean_rounded,
        case when is_allowed then {{ round_even_by('sure_percentile_value', 'decimals') }} end
            as sure_percentile_rounded
    from rounded
),

limited as (
    select
        p.*,
        a.limit_value as annual_limit,
        d.limit_value as daily_limit,
        {%- for name in ['', 'sure_'] %}
            case
                when p.edition = 'mixed' or p.period_kind <> 'year' or not p.is_whole then null
                when p.has_annual_limit
                    then p.{{ name }}mean_rounded <= a.limit_value and p.{{ name }}percentile_rounded <= d.limit_value
                else p.{{ name }}percentile_rounded <= d.limit_value
            end as {{ name }}attains_limits,
        {%- endfor %}
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
)

select
    j.*,
    {{ validity_without_suspects('j.counted_validity', compared) }} as validity,
    concat_ws(
        '; ', nullif(j.counted_reason, ''),
        case
            when j.counted_validity in ('valid', 'indicative')
                then {{ suspects_reason('j.n_suspect', 'days', compared) }}
        end
    ) as validity_reason
from limited as j
