{#-
  Energy by area, year, carrier, sector and flow; the running year as year_to_date, whole months only. Standard coal and
  CO2 have a verdict each: what one lacks is not a fault of the other.
-#}
{%- set is_pending = hours_after('g.period_end + interval 1 day', 'c.lateness_allowed_hours') ~ ' > ' ~ as_of() -%}
{%- set months_lacking = months_lacking_reason('g.first_month_lacking', 'g.last_month_lacking') %}
{%- set lacks_equal_value = '(j.amount is not null and j.tce_equal_value is null)' %}
with judged as (
    select
        g.*,
        {{ coverage('g.n_valid', 'g.n_expected') }} as coverage,
        {{ energy_validity(
            'g.n_valid', 'g.n_expected', 'rules', is_pending, 'g.has_overlap', 'g.first_month_lacking is not null'
        ) }} as amount_validity,
        {{ energy_reason(
            'g.n_valid', 'g.n_expected', 'rules', is_pending, 'g.has_overlap', months_lacking
        ) }} as amount_reason
    from {{ ref('int_energy_annual') }} as g
    inner join {{ ref('int_energy_rules') }} as rules on {{ in_force('g.period_start', 'rules') }}
    inner join {{ ref('feed_cadence') }} as c on c.feed = 'energy'
),

valued as (
    select
        j.*,
        {{ energy_value_validity('j', 'j.lacks_coal_factor') }} as tce_validity,
        {{ energy_value_reason('j', 'j.lacks_coal_factor', reason('no_coal_factor')) }} as tce_reason,
        {{ energy_value_validity('j', lacks_equal_value) }} as tce_equal_value_validity,
        {{ energy_value_reason(
            'j', lacks_equal_value,
            'case when j.lacks_coal_factor then ' ~ reason('no_coal_factor')
            ~ ' else ' ~ reason('no_equal_value_factor') ~ ' end'
        ) }} as tce_equal_value_reason,
        {{ energy_value_validity('j', 'j.lacks_co2_factor', 'j.is_provisional', 'j.co2_sign = 0') }} as tco2_validity,
        {{ energy_value_reason(
            'j', 'j.lacks_co2_factor', reason('no_co2_factor'), 'j.is_provisional', 'j.co2_sign = 0'
        ) }} as tco2_reason
    from judged as j
)

select
    j.area_code,
    {{ area_name('j.area_code', 'a.name_zh') }} as area_name_zh,
    {{ area_level('j.area_code') }} as area_level,
    j.period_kind,
    j.period_start,
    j.period_end,
    j.carrier,
    k.name_zh as carrier_zh,
    j.sector,
    s.name_zh as sector_zh,
    j.flow,
    f.name_zh as flow_zh,
    j.metering,
    cast(j.amount as decimal(24, 6)) as amount,
    j.unit,
    {{ where_valid_or_indicative('j.tce_validity', 'j.tce') }} as tce,
    {{ where_valid_or_indicative('j.tce_equal_value_validity', 'j.tce_equal_value') }} as tce_equal_value,
    {{ where_valid_or_indicative('j.tco2_validity', 'case when j.co2_sign > 0 then j.tco2_of_amount end') }} as tco2,
    {{ counted_in_scope('j.tce_validity', 'j.tce_sign', 'j.tce', 'j.metering') }} as tce_in_scope,
    {{ counted_in_scope('j.tce_equal_value_validity', 'j.tce_sign', 'j.tce_equal_value', 'j.metering') }}
        as tce_equal_value_in_scope,
    {{ counted_in_scope('j.tco2_validity', 'j.co2_sign', 'j.tco2_of_amount', 'j.metering') }} as tco2_in_scope,
    case
        when j.kind = 'none' then 'not_energy'
        when j.lacks_co2_factor then 'insufficient'
        when j.is_provisional then 'provisional_factor'
        else 'final'
    end as factor_status,
    cast(j.grid_year as bigint) as grid_factor_year,
    case when j.kind = 'power' then '{{ sql_text("grid_region") }}' end as grid_region,
    j.n_expected,
    j.n_valid,
    j.n_suspect,
    j.coverage,
    j.amount_validity as validity,
    j.amount_reason as validity_reason,
    j.tce_validity,
    j.tce_reason,
    j.tce_equal_value_validity,
    j.tce_equal_value_reason,
    j.tco2_validity,
    j.tco2_reason,
    j.coal_standard,
    j.co2_standard,
    j.provenance
from valued as j
inner join {{ ref('energy_carriers') }} as k on j.carrier = k.carrier
left join {{ ref('energy_sectors') }} as s on j.sector = s.sector
left join {{ ref('energy_flows') }} as f on j.flow = f.flow
left join {{ ref('stg_area_name') }} as a on j.area_code = a.area_code
