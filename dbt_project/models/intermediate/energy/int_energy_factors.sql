{#-
  Factors of every carrier and month that occurs, one row each: standard coal, equal-value electricity of the year, and
  CO2 as numerator and denominator (fuel AD × NCV × CC × OF × 44/12, heat, or the grid factor of the data year).
  A year without a grid factor takes the latest earlier one (provisional_factor); before the first there is none.
  What the user enters for a carrier and span (energy_own_factors) goes before the standard's default, cell by cell.
-#}
with wanted as (
    select distinct
        carrier,
        unit,
        month
    from {{ ref('int_energy_series') }}
    union
    select distinct
        carrier,
        unit,
        month
    from {{ ref('int_energy_long') }}
),

grid as (
    select
        w.month,
        g.data_year,
        g.kgco2_per_kwh,
        g.document,
        row_number() over (partition by w.month order by g.data_year desc) as nth
    from (select distinct month from wanted) as w
    inner join {{ ref('energy_grid_factors') }} as g on extract(year from w.month) >= g.data_year
    where
        g.region = '{{ sql_text("grid_region") }}'
        and g.series = '{{ sql_text("grid_series") }}'
),

joined as (
    select
        w.carrier,
        w.unit,
        w.month,
        k.kind,
        k.name_zh,
        rules.energy_kg_per_t as kg_per_t,
        -- Wide on purpose: DuckDB multiplies two decimal(18) of scale 6 in 64 bits and stops on overflow.
        cast(coalesce(o.kgce_per_standard_unit, c.kgce_per_standard_unit) as decimal(38, 6)) * c.standard_units_per_unit
            as kgce_per_unit,
        c.standard as coal_standard,
        case when o.kgce_per_standard_unit is null then c.clause else concat('own value: ', o.document) end
            as coal_clause,
        case
            when k.kind = 'power' then cast(v.kgce_per_kwh as decimal(38, 6)) * c.standard_units_per_unit
            else cast(coalesce(o.kgce_per_standard_unit, c.kgce_per_standard_unit) as decimal(38, 6))
                * c.standard_units_per_unit
        end as kgce_equal_value_per_unit,
        case k.kind
            when 'fuel'
                then cast(
                        cast(coalesce(o.ncv_gj_per_basis, f.ncv_gj_per_basis) as decimal(38, 6))
                        * coalesce(o.carbon_tc_per_tj, f.carbon_tc_per_tj)
                        * coalesce(o.oxidation, f.oxidation)
                        * f.c_to_co2_numerator
                        as decimal(38, 9)
                    )
            when 'heat' then h.tco2_per_gj
            when 'power' then g.kgco2_per_kwh
        end as tco2_numerator,
        case k.kind
            when 'fuel' then f.units_per_basis * f.gj_per_tj * f.c_to_co2_denominator
            when 'heat' then h.units_per_gj
            when 'power' then rules.energy_kg_per_t
        end as tco2_denominator,
        case when k.kind = 'power' then g.data_year end as grid_year,
        case k.kind when 'fuel' then f.standard when 'heat' then h.standard when 'power' then g.document end
            as co2_standard,
        case k.kind
            when 'fuel'
                then case
                        when coalesce(o.ncv_gj_per_basis, o.carbon_tc_per_tj, o.oxidation) is null then f.clause
                        else concat(f.clause, '; own value: ', o.document)
                    end
            when 'heat' then h.clause
            when 'power' then 'kWh × factor'
        end as co2_clause
    from wanted as w
    inner join {{ ref('energy_carriers') }} as k on w.carrier = k.carrier and w.unit = k.unit
    inner join {{ ref('int_energy_rules') }} as rules on {{ in_force('w.month', 'rules') }}
    left join {{ ref('energy_standard_coal') }} as c
        on w.carrier = c.carrier and w.unit = c.unit and {{ in_force('w.month', 'c') }}
    left join {{ declared('energy_equal_value') }} as v on extract(year from w.month) = v.data_year
    left join {{ ref('energy_co2_fuel') }} as f
        on w.carrier = f.carrier and w.unit = f.unit and {{ in_force('w.month', 'f') }}
    left join {{ ref('energy_co2_heat') }} as h
        on w.carrier = h.carrier and w.unit = h.unit and {{ in_force('w.month', 'h') }}
    left join {{ declared('energy_own_factors') }} as o
        on w.carrier = o.carrier and w.unit = o.unit and {{ in_force('w.month', 'o') }}
    left join grid as g on w.month = g.month and g.nth = 1
)

select
    *,
    case
        when kind = 'none' then 'not_energy'
        when tco2_numerator is null then 'insufficient'
        when kind = 'power' and grid_year < extract(year from month) then 'provisional_factor'
        else 'final'
    end as factor_status
from joined
