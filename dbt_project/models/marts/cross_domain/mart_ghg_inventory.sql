{#-
  The integrated inventory of the plan: CO2 of the declared scope by sector, carrier, flow and year (and year to date)
  next to the pollutant reductions of the same years. `source` rows add up to the `total` row of their period exactly,
  and the total is carbon_emission_total before it is rounded, in the same unit. A reduction is not an emission and is under a kind of its own.
-#}
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
        from {{ admitted('mart_energy_annual') }}
        where metering = 'balance' and area_code like '{{ sql_text("area_code") }}%'
    ) as b
    where has_district_rows = 0 or area_code = '{{ sql_text("area_code") }}'
),

by_source as (
    select
        period_kind,
        period_start,
        period_end,
        sector,
        carrier,
        flow,
        max(sector_zh) as sector_zh,
        max(carrier_zh) as carrier_zh,
        max(flow_zh) as flow_zh,
        case when count(*) = count(tco2_in_scope) then sum(tco2_in_scope) end as tco2,
        max(grid_factor_year) as factor_year,
        case
            when max(case when factor_status = 'insufficient' then 1 else 0 end) = 1 then 'insufficient'
            when max(case when factor_status = 'provisional_factor' then 1 else 0 end) = 1 then 'provisional_factor'
            when max(case when factor_status = 'final' then 1 else 0 end) = 1 then 'final'
            else 'not_energy'
        end as factor_status,
        sum(n_expected) as n_expected,
        sum(n_valid) as n_valid,
        sum(n_suspect) as n_suspect,
        {{ worst_validity('tco2_validity') }} as validity,
        {{ merged_lists('tco2_reason', '; ') }} as validity_reason,
        {{ merged_lists('co2_standard', '; ') }} as standard,
        {{ least_provenance('provenance') }} as provenance
    from counted
    group by period_kind, period_start, period_end, sector, carrier, flow
),

totals as (
    select
        s.period_kind,
        s.period_start,
        s.period_end,
        case when count(*) = count(s.tco2) then sum(s.tco2) end as tco2,
        max(case when s.factor_status = 'provisional_factor' then s.factor_year end) as provisional_year,
        max(s.factor_year) as factor_year,
        max(case when s.factor_status = 'insufficient' then 1 else 0 end) as lacks_factor,
        sum(s.n_expected) as n_expected,
        sum(s.n_valid) as n_valid,
        sum(s.n_suspect) as n_suspect,
        {{ least_provenance('s.provenance') }} as provenance
    from by_source as s
    group by s.period_kind, s.period_start, s.period_end
),

entries as (
    select
        period_kind,
        period_start,
        period_end,
        'co2' as entry_kind,
        'source' as row_role,
        'co2' as pollutant,
        '二氧化碳' as pollutant_zh,
        sector,
        sector_zh,
        carrier,
        carrier_zh,
        flow,
        flow_zh,
        -- What is insufficient on its own has no figure; out of scope is 0 and needs no factor.
        tco2 as value,
        factor_year,
        factor_status,
        n_expected,
        n_valid,
        n_suspect,
        validity,
        validity_reason,
        coalesce(standard, '能源核算范围') as standard,
        case when flow = 'use' then 'amount × factor' else 'amount × factor, with the sign of the declared scope' end
            as clause,
        provenance
    from by_source
    union all
    select
        t.period_kind,
        t.period_start,
        t.period_end,
        'co2' as entry_kind,
        'total' as row_role,
        'co2' as pollutant,
        '二氧化碳' as pollutant_zh,
        '' as sector,
        '全部行业' as sector_zh,
        '' as carrier,
        '全部能源' as carrier_zh,
        '' as flow,
        '' as flow_zh,
        t.tco2 as value,
        t.factor_year,
        case
            when t.lacks_factor = 1 then 'insufficient'
            when t.provisional_year is not null then 'provisional_factor'
            else 'final'
        end as factor_status,
        t.n_expected,
        t.n_valid,
        t.n_suspect,
        coalesce(i.validity, 'insufficient') as validity,
        coalesce(i.validity_reason, 'carbon_emission_total has no row of the period') as validity_reason,
        coalesce(i.standard, '能源核算范围') as standard,
        coalesce(i.clause, 'sum of the sources') as clause,
        t.provenance
    from totals as t
    -- A row that is missing there costs the total its verdict, not the inventory its total.
    left join {{ admitted('mart_energy_indicators') }} as i
        on
            i.indicator_id = 'carbon_emission_total'
            and i.variant = ''
            and i.area_code = '{{ sql_text("area_code") }}'
            and t.period_kind = i.period_kind
            and t.period_start = i.period_start
    union all
    select
        r.period_kind,
        r.period_start,
        r.period_end,
        p.entry_kind,
        'total' as row_role,
        p.pollutant,
        p.pollutant_zh,
        '' as sector,
        '重点减排工程' as sector_zh,
        '' as carrier,
        '' as carrier_zh,
        '' as flow,
        '' as flow_zh,
        r.value,
        null as factor_year,
        'not_energy' as factor_status,
        r.n_expected,
        r.n_valid,
        null as n_suspect,
        r.validity,
        r.validity_reason,
        r.standard,
        r.clause,
        r.provenance
    from {{ admitted('mart_returns_indicators') }} as r
    inner join {{ ref('ghg_reductions') }} as p on r.indicator_id = p.indicator_id
    where r.variant = '' and r.area_code = '{{ sql_text("area_code") }}'
)

select
    '{{ sql_text("area_code") }}' as area_code,
    '{{ sql_text("area_name_zh") }}' as area_name_zh,
    e.period_kind,
    e.period_start,
    e.period_end,
    e.entry_kind,
    e.row_role,
    e.pollutant,
    e.pollutant_zh,
    e.sector,
    e.sector_zh,
    e.carrier,
    e.carrier_zh,
    e.flow,
    e.flow_zh,
    -- Each by itself: together they would be cut to the decimals that both have.
    case
        when e.entry_kind = 'co2'
            then cast({{ exact_quotient('e.value', 'rules.energy_t_per_10kt') }} as decimal(28, 10))
        else cast(e.value as decimal(28, 10))
    end as value,
    case when e.entry_kind = 'co2' then '10kt' else 't' end as unit,
    cast(e.factor_year as bigint) as factor_year,
    e.factor_status,
    cast(e.n_expected as bigint) as n_expected,
    cast(e.n_valid as bigint) as n_valid,
    cast(e.n_suspect as bigint) as n_suspect,
    {{ coverage('e.n_valid', 'e.n_expected') }} as coverage,
    e.validity,
    coalesce(e.validity_reason, '') as validity_reason,
    e.standard,
    e.clause,
    e.provenance
from entries as e
left join {{ ref('int_energy_rules') }} as rules on {{ in_force('e.period_start', 'rules') }}
