{#-
  Series and years that are reported only in periods longer than a month: the year's amount, for the annual mart alone.
  A reading of the whole year wins over quarters. A series that has finer readings in the year is not here; readings
  that cross a year's end are in no mart (tests/energy_readings_in_one_year.sql counts them).
-#}
with readings as (
    select
        *,
        period_start = year_start and period_end = year_start + interval 1 year as is_whole_year
    from {{ ref('int_energy_periods') }}
    where
        n_usable > 0
        and period_end > month + interval 1 month
        and period_end <= year_start + interval 1 year
),

finer as (
    select distinct
        site_id,
        carrier,
        flow,
        sector,
        metering,
        date_trunc('year', month) as year_start
    from {{ ref('int_energy_series') }}
    where minutes_covered > 0
),

register as (
    select
        site_id,
        area_code,
        row_number() over (partition by site_id order by valid_from desc) as nth
    from {{ ref('stg_site_register') }}
    where feed = 'energy'
)

select
    r.site_id,
    r.carrier,
    r.flow,
    r.sector,
    r.metering,
    r.year_start as month,
    min(r.unit) as unit,
    coalesce(min(g.area_code), '{{ sql_text("area_code") }}') as area_code,
    coalesce(
        sum(case when r.is_whole_year then r.amount end), sum(case when not r.is_whole_year then r.amount end)
    ) as amount,
    {{ minutes_between('r.year_start', 'r.year_start + interval 1 year') }} as minutes_expected,
    cast(coalesce(
        sum(case when r.is_whole_year then r.minutes end), sum(case when not r.is_whole_year then r.minutes end)
    ) as bigint) as minutes_covered,
    coalesce(
        sum(case when r.is_whole_year then r.n_suspect end), sum(case when not r.is_whole_year then r.n_suspect end)
    ) as n_suspect,
    {{ least_provenance('r.provenance_of_usable') }} as provenance
from readings as r
left join finer as f
    on
        r.site_id = f.site_id
        and r.carrier = f.carrier
        and r.flow = f.flow
        and r.sector = f.sector
        and r.metering = f.metering
        and r.year_start = f.year_start
left join register as g on r.site_id = g.site_id and g.nth = 1
where f.site_id is null
group by r.site_id, r.carrier, r.flow, r.sector, r.metering, r.year_start
