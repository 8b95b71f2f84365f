{#-
  District totals of the declared scope: CO2 (fuel burned plus net imported power and heat) and energy by the
  equivalent and, where every year's factor is entered, the equal-value method. From the balance only, never from meters.
  Where the district itself reports, its rows count and those of its units do not.
-#}
with counted as (
    {{ counted_balance(ref('mart_energy_annual')) }}
),

totals as (
    select
        period_kind,
        period_start,
        period_end,
        case when count(*) = count(tco2_in_scope) then sum(tco2_in_scope) end as tco2,
        case when count(*) = count(tce_in_scope) then sum(tce_in_scope) end as tce,
        case when count(*) = count(tce_equal_value_in_scope) then sum(tce_equal_value_in_scope) end as tce_equal_value,
        sum(n_expected) as n_expected,
        sum(n_valid) as n_valid,
        max(case validity when 'insufficient' then 3 when 'pending' then 2 when 'indicative' then 1 else 0 end)
            as worst_validity,
        max(case when factor_status = 'provisional_factor' then grid_factor_year end) as provisional_year,
        max(case when has_gap then 1 else 0 end) as has_gap,
        {{ least_provenance('provenance') }} as provenance
    from counted
    group by period_kind, period_start, period_end
),

carriers_lacking as (
    select distinct
        period_kind,
        period_start,
        carrier
    from counted
    where factor_status = 'insufficient'
),

missing_factors as (
    select
        period_kind,
        period_start,
        {{ joined('carrier', ', ', 'carrier') }} as carriers_without_factor
    from carriers_lacking
    group by period_kind, period_start
),

distinct_coal_standards as (
    select distinct
        period_kind,
        period_start,
        coal_standard
    from counted
),

coal_standards as (
    select
        period_kind,
        period_start,
        {{ joined('coal_standard', '; ', 'coal_standard') }} as standards
    from distinct_coal_standards
    group by period_kind, period_start
),

distinct_co2_standards as (
    select distinct
        period_kind,
        period_start,
        co2_standard
    from counted
),

co2_standards as (
    select
        period_kind,
        period_start,
        {{ joined('co2_standard', '; ', 'co2_standard') }} as standards
    from distinct_co2_standards
    group by period_kind, period_start
),

described as (
    select
        t.*,
        m.carriers_without_factor,
        c.standards as coal_standards,
        e.standards as co2_standards
    from totals as t
    left join missing_factors as m on t.period_kind = m.period_kind and t.period_start = m.period_start
    left join coal_standards as c on t.period_kind = c.period_kind and t.period_start = c.period_start
    left join co2_standards as e on t.period_kind = e.period_kind and t.period_start = e.period_start
),

figures as (
    select
        d.*,
        'carbon_emission_total' as indicator_id,
        '' as variant,
        d.tco2 as total,
        d.co2_standards as standard
    from described as d
    union all
    select
        d.*,
        'energy_total' as indicator_id,
        'equivalent' as variant,
        d.tce as total,
        d.coal_standards as standard
    from described as d
    union all
    select
        d.*,
        'energy_total' as indicator_id,
        'equal_value' as variant,
        d.tce_equal_value as total,
        d.coal_standards as standard
    from described as d
),

periods as (
    select
        f.indicator_id,
        f.variant,
        f.period_kind,
        f.period_start,
        f.period_end,
        f.total,
        f.n_expected,
        f.n_valid,
        f.worst_validity,
        f.provisional_year,
        f.carriers_without_factor,
        f.has_gap,
        f.standard,
        f.provenance,
        false as is_pending
    from figures as f
    union all
    select
        f.indicator_id,
        f.variant,
        p.period_kind,
        p.period_start,
        p.period_end,
        null as total,
        f.n_expected,
        f.n_valid,
        f.worst_validity,
        f.provisional_year,
        f.carriers_without_factor,
        f.has_gap,
        f.standard,
        f.provenance,
        true as is_pending
    from figures as f
    inner join {{ ref('int_year_periods') }} as p
        on f.period_start = p.period_start and p.period_kind = 'year' and p.is_pending
    where f.period_kind = 'year_to_date'
)

select
    x.indicator_id,
    coalesce(i.name_zh, c.name_zh) as name_zh,
    '{{ var("area_code") }}' as area_code,
    '{{ var("area_name_zh") }}' as area_name_zh,
    x.period_kind,
    x.period_start,
    x.period_end,
    x.variant,
    {{ round_even_by(exact_quotient('x.total', 'rules.energy_t_per_10kt'), 'rules.energy_total_decimals') }} as value,
    coalesce(i.unit, c.unit) as unit,
    cast(x.n_expected as bigint) as n_expected,
    cast(x.n_valid as bigint) as n_valid,
    {{ coverage('x.n_valid', 'x.n_expected') }} as coverage,
    case
        when x.is_pending then 'pending'
        when x.total is null then 'insufficient'
        when x.worst_validity = 2 then 'pending'
        when x.worst_validity = 1 and (x.indicator_id = 'carbon_emission_total' or x.has_gap = 1) then 'indicative'
        else 'valid'
    end as validity,
    case
        when x.is_pending then 'the year is not over'
        else concat_ws(
                '; ',
                case
                    when x.variant = 'equal_value' and x.total is null then 'no equal-value factor of the year entered'
                    when
                        x.total is null and x.carriers_without_factor is null
                        then 'coverage too low in at least one series'
                end,
                case
                    when x.carriers_without_factor is not null and x.indicator_id = 'carbon_emission_total'
                        then concat('no CO2 factor in force: ', x.carriers_without_factor)
                end,
                case when x.has_gap = 1 then concat(
                            'covered ',
                            cast(x.n_valid as string),
                            ' of ',
                            cast(x.n_expected as string),
                            ' series minutes'
                        )
                end,
                case when x.provisional_year is not null and x.indicator_id = 'carbon_emission_total' then concat(
                            'provisional_factor: grid factor of ', cast(x.provisional_year as string)
                        )
                end
            )
    end as validity_reason,
    x.standard,
    case
        when x.indicator_id = 'carbon_emission_total'
            then 'fuel burned + net import of power and heat; {{ var("grid_region", "beijing") }} grid factor'
        else concat('sum of amount × coefficient, ', x.variant)
    end as clause,
    x.provenance
from periods as x
inner join {{ ref('int_energy_rules') }} as rules on {{ in_force('x.period_start', 'rules') }}
left join {{ ref('plan_indicators_2025') }} as i on x.indicator_id = i.indicator_id
left join {{ ref('plan_commitments_2025') }} as c on x.indicator_id = c.commitment_id
