{#- Own coal coefficients outside the range that the standard gives: shown, because the supplier may still be right. -#}
{{ config(severity='warn', tags=['energy']) }}
select
    o.carrier,
    o.unit,
    o.valid_from,
    o.kgce_per_standard_unit,
    c.kgce_low,
    c.kgce_high
from {{ declared('energy_own_factors') }} as o
inner join {{ ref('energy_standard_coal') }} as c
    on o.carrier = c.carrier and o.unit = c.unit and {{ in_force('o.valid_from', 'c') }}
where o.kgce_per_standard_unit < c.kgce_low or o.kgce_per_standard_unit > c.kgce_high
