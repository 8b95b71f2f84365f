{#-
  District totals of the declared scope: CO2 (fuel burned plus net imported power and heat) and energy by the
  equivalent and, where every year's factor is entered, the equal-value method. From the balance only, never from meters.
  Where the district itself reports, its rows count and those of its units do not. A total has a value where every row
  in its scope has one; each total is judged by its own values, so that a missing CO2 factor is not a fault of the energy.
-#}
{%- set totals = [
    ('carbon_emission_total', '', 'tco2', 'co2_standard', 'no_co2_factor'),
    ('energy_total', 'equivalent', 'tce', 'coal_standard', 'no_coal_factor'),
    ('energy_total', 'equal_value', 'tce_equal_value', 'coal_standard', 'no_equal_value_factor')
] -%}
-- The balance, never meters. Where the district itself reports in a period, its rows count and those of its units do
-- not.
with counted as (
    select *
    from (
        select
            *,
            max(case when area_code = '{{ sql_text("area_code") }}' then 1 else 0 end) over (
                partition by period_kind, period_start
            ) as has_district_rows
        from {{ ref('mart_energy_annual') }}
        where metering = 'balance' and area_code like '{{ sql_text("area_code") }}%'
    ) as b
    where has_district_rows = 0 or area_code = '{{ sql_text("area_code") }}'
),

figures as (
    {%- for indicator_id, variant, value, standard, lacks_factor in totals %}
        select
            '{{ indicator_id }}' as indicator_id,
            '{{ variant }}' as variant,
            '@{{ lacks_factor }}' as lacks_factor,
            period_kind,
            period_start,
            max(period_end) as period_end,
            case when count(*) = count({{ value }}_in_scope) then sum({{ value }}_in_scope) end as total,
            sum(n_expected) as n_expected,
            sum(n_valid) as n_valid,
            sum(n_suspect) as n_suspect,
            -- What counts as 0 has no say (null counts as valid).
            {{ worst_validity('case when ' ~ value ~ '_in_scope is distinct from 0 then ' ~ value ~ '_validity end') }}
                as worst,
            max(case when n_valid <> n_expected then 1 else 0 end) as has_gap,
            {{ merged_lists(
                "case when " ~ value ~ "_in_scope is null and validity not in ('insufficient', 'pending') then carrier end",
                ', '
            ) }} as carriers_without_factor,
            {{ merged_lists(
                "case when " ~ value ~ "_in_scope is null and validity = 'insufficient' then carrier end", ', '
            ) }} as carriers_without_inputs,
            max(case
                when '{{ value }}' = 'tco2' and factor_status = 'provisional_factor' then grid_factor_year
            end) as provisional_year,
            {{ merged_lists(standard, '; ') }} as standard,
            {{ least_provenance('provenance') }} as provenance
        from counted
        group by period_kind, period_start
        {{ 'union all' if not loop.last }}
    {%- endfor %}
),

-- The year that is not over is next to its figure so far, pending.
periods as (
    select
        f.*,
        f.period_kind as shown_kind,
        f.period_end as shown_end,
        false as is_pending
    from figures as f
    union all
    select
        f.*,
        p.period_kind as shown_kind,
        p.period_end as shown_end,
        true as is_pending
    from figures as f
    inner join {{ ref('int_year_periods') }} as p
        on f.period_start = p.period_start and p.period_kind = 'year' and p.is_pending
    where f.period_kind = 'year_to_date'
),

judged as (
    select
        *,
        case
            when is_pending then 'pending'
            when worst in ('insufficient', 'pending') then worst
            when total is null then 'insufficient'
            when has_gap = 1 or provisional_year is not null then 'indicative'
            else worst
        end as validity
    from periods
)

select
    x.indicator_id,
    coalesce(i.name_zh, c.name_zh) as indicator_name_zh,
    '{{ sql_text("area_code") }}' as area_code,
    '{{ sql_text("area_name_zh") }}' as area_name_zh,
    x.shown_kind as period_kind,
    x.period_start,
    x.shown_end as period_end,
    x.variant,
    case
        when x.validity in ('valid', 'indicative') then {{ round_even_by(
            exact_quotient('x.total', 'rules.energy_t_per_10kt'), 'rules.energy_total_decimals'
        ) }}
    end as value,
    coalesce(i.unit, c.unit) as unit,
    cast(x.n_expected as bigint) as n_expected,
    cast(x.n_valid as bigint) as n_valid,
    cast(x.n_suspect as bigint) as n_suspect,
    {{ coverage('x.n_valid', 'x.n_expected') }} as coverage,
    x.validity,
    case
        when x.is_pending then {{ reason('year_not_over') }}
        when x.validity = 'valid' then ''
        else concat_ws(
                ';',
                case when x.validity = 'pending' then {{ reason('readings_of_period_can_still_come') }} end,
                case
                    when x.carriers_without_inputs is not null
                        then {{ reason('coverage_too_low', 'x.carriers_without_inputs') }}
                end,
                case
                    when x.carriers_without_factor is not null
                        then {{ reason('of_carriers', {'words': 'x.lacks_factor'}, 'x.carriers_without_factor') }}
                end,
                case when x.has_gap = 1 then {{ reason('series_minutes_covered', 'x.n_valid', 'x.n_expected') }} end,
                case
                    when x.provisional_year is not null
                        then {{ reason('provisional_grid_factor', 'x.provisional_year') }}
                end
            )
    end as validity_reason,
    x.standard,
    case
        when x.indicator_id = 'carbon_emission_total'
            then 'fuel burned + net import of power and heat; {{ sql_text("grid_region") }} grid factor'
        else concat('sum of amount × coefficient, ', x.variant)
    end as clause,
    x.provenance
from judged as x
inner join {{ ref('int_energy_rules') }} as rules on {{ in_force('x.period_start', 'rules') }}
left join {{ ref('plan_indicators') }} as i on x.indicator_id = i.indicator_id
left join {{ ref('plan_commitments') }} as c on x.indicator_id = c.commitment_id
