{#-
  Annual balance by area, carrier, sector, flow and metering: ended years, and the running year up to its last
  complete month. Months are added; series that are reported only over longer periods come with their year.
-#}
with ended_months as (
    select
        v.*,
        cast(v.month + interval 1 month as date) - 1 as month_end
    from {{ ref('int_energy_valued') }} as v
),

placed as (
    select
        p.period_kind,
        p.period_start,
        p.is_pending,
        case
            when p.period_kind = 'year' then p.period_end
            else coalesce(
                    max(case when not m.is_long then m.month_end end) over (partition by p.period_kind, p.period_start),
                    p.period_end
                )
        end as period_end,
        m.*
    from {{ ref('int_year_periods') }} as p
    inner join ended_months as m
        on p.period_start <= m.month and p.period_end >= m.month_end
    where not p.is_pending
)

select
    period_kind,
    period_start,
    period_end,
    area_code,
    carrier,
    sector,
    flow,
    metering,
    unit,
    kind,
    co2_sign,
    tce_sign,
    sum(amount) as amount,
    sum(tce) as tce,
    case when count(tce_equal_value) = count(amount) then sum(tce_equal_value) end as tce_equal_value,
    sum(tco2_of_amount) as tco2_of_amount,
    max(grid_year) as grid_year,
    bool_or(factor_status = 'provisional_factor') and max(co2_sign) <> 0 as is_provisional,
    bool_or(lacks_coal_factor) as lacks_coal_factor,
    bool_or(lacks_co2_factor) as lacks_co2_factor,
    min(coal_standard) as coal_standard,
    min(co2_standard) as co2_standard,
    cast(sum(minutes_expected) as bigint) as n_expected,
    cast(sum(minutes_covered) as bigint) as n_valid,
    bool_or(minutes_covered > minutes_expected) as has_overlap,
    {{ least_provenance('provenance') }} as provenance
from placed
group by
    period_kind, period_start, period_end, area_code, carrier, sector, flow, metering, unit, kind, co2_sign, tce_sign
