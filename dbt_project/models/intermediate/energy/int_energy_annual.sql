{#-
  Annual balance by area, carrier, sector, flow and metering: ended years, and the running year up to its last
  complete month. Months are added; series that are reported only over longer periods come with their year.
  The balance of the district goes to the last month that all its series have, so that no month in it lacks inputs that
  can still come; where there is none, and for meters, it goes to the last month that is over.
-#}
with ended_months as (
    select
        v.*,
        cast(v.month + interval 1 month as date) - 1 as month_end,
        cast(date_trunc('year', v.month) as date) as year_start,
        v.metering = 'balance' and v.area_code like '{{ sql_text("area_code") }}%' as is_of_balance,
        rules.energy_coverage_valid,
        rules.energy_coverage_indicative,
        {{ hours_after('v.month + interval 1 month', 'c.lateness_allowed_hours') }} > {{ as_of() }} as can_still_come
    from {{ ref('int_energy_valued') }} as v
    inner join {{ ref('int_energy_rules') }} as rules on {{ in_force('v.month', 'rules') }}
    inner join {{ ref('feed_cadence') }} as c on c.feed = 'energy'
),

-- Where the district itself reports, its own series count and those of its units do not.
balance as (
    select
        *,
        max(case when area_code = '{{ sql_text("area_code") }}' then 1 else 0 end) over (partition by year_start)
            as has_district_rows
    from ended_months
    where is_of_balance
),

balance_months as (
    select
        year_start,
        month_end,
        bool_and(
            minutes_covered >= minutes_expected * energy_coverage_valid
            or (
                not can_still_come
                and minutes_covered >= minutes_expected * energy_coverage_indicative
            )
        ) as is_complete
    from balance
    where not is_long and (has_district_rows = 0 or area_code = '{{ sql_text("area_code") }}')
    group by year_start, month_end
),

complete as (
    select
        year_start,
        max(month_end) as last_month_end
    from balance_months
    where is_complete and month_end <= {{ last_complete_day() }}
    group by year_start
),

placed as (
    select
        p.period_kind,
        p.period_start,
        case
            when p.period_kind = 'year' then p.period_end
            when m.is_of_balance and c.last_month_end is not null then c.last_month_end
            else cast(date_trunc('month', p.period_end + 1) as date) - 1
        end as period_end,
        m.*
    from {{ ref('int_year_periods') }} as p
    inner join ended_months as m
        on p.period_start <= m.month and p.period_end >= m.month_end
    left join complete as c on p.period_start = c.year_start
    where not p.is_pending
),

lacking as (
    select
        *,
        not is_long
        and minutes_covered < minutes_expected * energy_coverage_indicative
            as lacks_inputs
    from placed
    where month_end <= period_end
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
    {{ merged_lists('coal_standard', '; ') }} as coal_standard,
    {{ merged_lists('co2_standard', '; ') }} as co2_standard,
    cast(sum(minutes_expected) as bigint) as n_expected,
    cast(sum(minutes_covered) as bigint) as n_valid,
    cast(sum(n_suspect) as bigint) as n_suspect,
    bool_or(minutes_covered > minutes_expected) as has_overlap,
    min(case when lacks_inputs then month end) as first_month_lacking,
    max(case when lacks_inputs then month end) as last_month_lacking,
    {{ least_provenance('provenance') }} as provenance
from lacking
group by
    period_kind, period_start, period_end, area_code, carrier, sector, flow, metering, unit, kind, co2_sign, tce_sign
