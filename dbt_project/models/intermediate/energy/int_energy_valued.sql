{#-
  Series with what they are worth: standard coal and CO2 of the amount, and its signed contribution to the district
  total (energy_scope). Months of finer series and years of long ones; `is_long` tells them apart.
-#}
with amounts as (
    select
        site_id,
        carrier,
        flow,
        sector,
        metering,
        month,
        unit,
        area_code,
        amount,
        minutes_expected,
        minutes_covered,
        n_suspect,
        provenance,
        false as is_long
    from {{ ref('int_energy_series') }}
    union all
    select
        site_id,
        carrier,
        flow,
        sector,
        metering,
        month,
        unit,
        area_code,
        amount,
        minutes_expected,
        minutes_covered,
        n_suspect,
        provenance,
        true as is_long
    from {{ ref('int_energy_long') }}
)

select
    a.site_id,
    a.carrier,
    a.flow,
    a.sector,
    a.metering,
    a.month,
    a.unit,
    a.area_code,
    a.amount,
    a.minutes_expected,
    a.minutes_covered,
    a.n_suspect,
    a.provenance,
    a.is_long,
    f.kind,
    f.grid_year,
    f.factor_status,
    f.coal_standard,
    f.coal_clause,
    f.co2_standard,
    f.co2_clause,
    f.kgce_per_unit is null and f.kind <> 'none' as lacks_coal_factor,
    f.factor_status = 'insufficient' and s.co2_sign <> 0 as lacks_co2_factor,
    s.co2_sign,
    s.tce_sign,
    {{ amount_times('a.amount', 'f.kgce_per_unit', 'f.kg_per_t') }} as tce,
    {{ amount_times('a.amount', 'f.kgce_equal_value_per_unit', 'f.kg_per_t') }} as tce_equal_value,
    {{ amount_times('a.amount', 'f.tco2_numerator', 'f.tco2_denominator') }} as tco2_of_amount
from amounts as a
inner join {{ ref('int_energy_factors') }} as f
    on a.carrier = f.carrier and a.unit = f.unit and a.month = f.month
inner join {{ ref('energy_scope') }} as s
    on a.flow = s.flow and f.kind = s.kind and {{ in_force('a.month', 's') }}
