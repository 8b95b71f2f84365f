{#-
  One row per series (site, carrier, flow, sector, metering) and month of every calendar year in which the feed has
  data, missing months included. A reading of the whole month wins over finer ones of the same series; minutes covered
  are counted, so that intervals of any length (15 minutes to a month) give one coverage.
-#}
with readings as (
    select
        *,
        period_start = month and period_end = month + interval 1 month as is_whole_month
    from {{ ref('int_energy_periods') }}
    where period_end <= month + interval 1 month
),

placed as (
    select
        site_id,
        carrier,
        flow,
        sector,
        metering,
        month,
        coalesce(
            sum(case when is_whole_month then amount end), sum(case when not is_whole_month then amount end)
        ) as amount,
        coalesce(
            sum(case when is_whole_month then minutes end), sum(case when not is_whole_month then minutes end)
        ) as minutes_covered,
        coalesce(
            sum(case when is_whole_month then n_suspect end), sum(case when not is_whole_month then n_suspect end)
        ) as n_suspect,
        coalesce(
            sum(case when is_whole_month then n_usable end), sum(case when not is_whole_month then n_usable end)
        ) as n_usable,
        coalesce(
            {{ least_provenance('case when is_whole_month then provenance_of_usable end') }},
            {{ least_provenance('case when not is_whole_month then provenance_of_usable end') }}
        ) as provenance
    from readings
    where n_usable > 0
    group by site_id, carrier, flow, sector, metering, month
),

series as (
    select
        site_id,
        carrier,
        flow,
        sector,
        metering,
        min(unit) as unit,
        {{ least_provenance('provenance') }} as provenance,
        min(year_start) as first_year
    from readings
    group by site_id, carrier, flow, sector, metering
),

horizon as (
    select
        cast(least(
            cast(date_trunc('month', max(year_start) + interval 11 month) as date),
            cast(date_trunc('month', {{ as_of() }}) as date)
        ) as date) as last_month
    from readings
),

years_with_data as (
    select distinct year_start from readings
),

bounded as (
    select
        s.*,
        greatest(h.last_month, s.first_year) as last_month
    from series as s
    cross join horizon as h
),

spine as (
    select
        site_id,
        carrier,
        flow,
        sector,
        metering,
        unit,
        provenance,
        {{ each_month('first_year', 'last_month') }} as month
    from bounded
),

register as (
    select
        site_id,
        area_code,
        name_zh,
        valid_from,
        valid_to,
        min(valid_from) over (partition by site_id) as site_from
    from {{ ref('stg_site_register') }}
    where feed = 'energy'
),

located as (
    select
        x.*,
        row_number() over (
            partition by x.site_id, x.carrier, x.flow, x.sector, x.metering, x.month
            order by r.valid_from desc nulls last
        ) as nth,
        r.area_code,
        r.site_from,
        r.valid_to
    from spine as x
    left join register as r
        on
            x.site_id = r.site_id
            and x.month + interval 1 month > r.valid_from
),

expected as (
    select
        l.*,
        l.site_from >= l.month + interval 1 month or l.valid_to < l.month as is_closed,
        {{ minutes_between('l.month', 'l.month + interval 1 month') }} as minutes_expected
    from located as l
    inner join years_with_data as y on date_trunc('year', l.month) = y.year_start
    where l.nth = 1
)

select
    e.site_id,
    e.carrier,
    e.flow,
    e.sector,
    e.metering,
    e.month,
    e.unit,
    coalesce(e.area_code, '{{ sql_text("area_code") }}') as area_code,
    p.amount,
    e.minutes_expected,
    cast(coalesce(p.minutes_covered, 0) as bigint) as minutes_covered,
    coalesce(p.n_suspect, 0) as n_suspect,
    cast(coalesce(p.n_usable, 0) as bigint) as n_usable,
    coalesce(p.provenance, e.provenance) as provenance
from expected as e
left join placed as p
    on
        e.site_id = p.site_id
        and e.carrier = p.carrier
        and e.flow = p.flow
        and e.sector = p.sector
        and e.metering = p.metering
        and e.month = p.month
where p.minutes_covered is not null or not coalesce(e.is_closed, false)
