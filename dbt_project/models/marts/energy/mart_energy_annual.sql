{#- Energy by area, year, carrier, sector and flow; the running year stands as year_to_date, whole months only. -#}
with judged as (
    select
        g.*,
        {{ coverage('g.n_valid', 'g.n_expected') }} as coverage,
        case
            when g.has_overlap then 'insufficient'
            else {{ energy_validity(
                'g.n_valid', 'g.n_expected', 'rules',
                hours_after('g.period_end + interval 1 day', 'c.lateness_allowed_hours') ~ ' > ' ~ as_of(),
                'g.lacks_coal_factor', 'g.lacks_co2_factor', 'g.is_provisional'
            ) }}
        end as validity,
        case
            when g.has_overlap then 'overlapping readings'
            else {{ energy_reason(
                'g.n_valid', 'g.n_expected', 'rules', 'g.lacks_coal_factor', 'g.lacks_co2_factor',
                'case when g.is_provisional then g.grid_year end'
            ) }}
        end as validity_reason,
        not g.has_overlap
        and (
            {{ energy_covered('g.n_valid', 'g.n_expected', 'rules.energy_coverage_indicative') }}
            or {{ hours_after('g.period_end + interval 1 day', 'c.lateness_allowed_hours') }} > {{ as_of() }}
        ) as is_shown
    from {{ ref('int_energy_annual') }} as g
    inner join {{ ref('int_energy_rules') }} as rules on {{ in_force('g.period_start', 'rules') }}
    inner join {{ ref('feed_cadence') }} as c on c.feed = 'energy'
)

select
    j.area_code,
    {{ area_name('j.area_code', 'a.name_zh') }} as area_name_zh,
    j.period_kind,
    j.period_start,
    j.period_end,
    j.carrier,
    k.name_zh as carrier_name_zh,
    j.sector,
    s.name_zh as sector_name_zh,
    j.flow,
    f.name_zh as flow_name_zh,
    j.metering,
    cast(j.amount as decimal(24, 6)) as amount,
    j.unit,
    cast(case when j.is_shown and not j.lacks_coal_factor then j.tce end as decimal(24, 6)) as tce,
    cast(case when j.is_shown and not j.lacks_coal_factor then j.tce_equal_value end as decimal(24, 6))
        as tce_equal_value,
    cast(
        case when j.is_shown and not j.lacks_co2_factor and j.co2_sign > 0 then j.tco2_of_amount end
        as decimal(24, 6)
    ) as tco2,
    {{ signed('j.is_shown and not j.lacks_coal_factor', 'j.tce_sign', 'j.tce', 'j.metering') }} as tce_in_scope,
    {{ signed('j.is_shown and not j.lacks_coal_factor', 'j.tce_sign', 'j.tce_equal_value', 'j.metering') }}
        as tce_equal_value_in_scope,
    {{ signed('j.is_shown and not j.lacks_co2_factor', 'j.co2_sign', 'j.tco2_of_amount', 'j.metering') }}
        as tco2_in_scope,
    case
        when j.kind = 'none' then 'not_energy'
        when j.lacks_co2_factor then 'insufficient'
        when j.is_provisional then 'provisional_factor'
        else 'final'
    end as factor_status,
    cast(j.grid_year as bigint) as grid_factor_year,
    case when j.kind = 'power' then '{{ var("grid_region", "beijing") }}' end as grid_region,
    j.n_expected,
    j.n_valid,
    j.coverage,
    j.validity,
    j.validity_reason,
    j.coal_standard,
    j.co2_standard,
    j.provenance
from judged as j
inner join {{ ref('energy_carriers') }} as k on j.carrier = k.carrier
left join {{ ref('energy_sectors') }} as s on j.sector = s.sector
left join {{ ref('energy_flows') }} as f on j.flow = f.flow
left join {{ ref('district_areas') }} as a on j.area_code = a.area_code
