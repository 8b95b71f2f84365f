{#-
  Loads and net tonnes by month, quarter, year and year to date, area of origin, category and destination; kitchen waste
  of households and of catering stay apart. Rows are sums, never rates; loads to a transfer station stay in their own
  rows. A period that is not over shows what came so far, without the day that is not over.
-#}
with sums as (
    select
        p.period_kind,
        p.period_start,
        p.period_end,
        p.is_pending,
        p.weighbridge_days_expected,
        p.weighbridge_days_covered,
        m.area_code,
        m.category,
        m.destination,
        sum(m.loads_received) as loads_received,
        sum(m.loads_counted) as loads_counted,
        sum(m.n_suspect) as n_suspect,
        sum(m.net_t) as net_t,
        min(m.provenance_rank) as provenance_rank
    from {{ ref('int_waste_period') }} as p
    inner join {{ ref('int_waste_month') }} as m on m.month_start between p.period_start and p.period_end
    where m.area_code is not null
    group by
        p.period_kind, p.period_start, p.period_end, p.is_pending, p.weighbridge_days_expected,
        p.weighbridge_days_covered, m.area_code, m.category, m.destination
),

judged as (
    select
        s.*,
        -- By the shares of weighbridge_days_covered and loads_counted: from waste_coverage_valid on valid, from
        -- waste_coverage_indicative on indicative.
        {{ waste_validity('s', 'r') }} as validity
    from sums as s
    inner join {{ ref('int_waste_rules') }} as r on {{ in_force('s.period_start', 'r') }}
)

select
    j.period_kind,
    j.period_start,
    j.period_end,
    j.area_code,
    {{ area_name('j.area_code', 'a.name_zh') }} as area_name_zh,
    {{ area_level('j.area_code') }} as area_level,
    j.category,
    coalesce(c.name_zh, j.category) as category_zh,
    j.destination,
    coalesce(d.name_zh, j.destination) as destination_zh,
    cast(j.loads_counted as bigint) as loads,
    cast(case when j.validity <> 'insufficient' then j.net_t end as decimal(24, 6)) as net_t,
    cast(j.weighbridge_days_expected as bigint) as weighbridge_days_expected,
    cast(j.weighbridge_days_covered as bigint) as weighbridge_days_covered,
    cast(j.loads_received as bigint) as n_expected,
    cast(j.loads_counted as bigint) as n_valid,
    cast(j.n_suspect as bigint) as n_suspect,
    {{ coverage('j.loads_counted', 'j.loads_received') }} as coverage,
    j.validity,
    case
        when j.is_pending then {{ reason('period_not_over') }} else {{ waste_reason('j') }}
    end as validity_reason,
    {{ provenance_of_rank('j.provenance_rank') }} as provenance
from judged as j
left join {{ ref('stg_area_name') }} as a on j.area_code = a.area_code
left join {{ declared('waste_categories') }} as c on j.category = c.category
left join {{ ref('waste_destinations') }} as d on j.destination = d.destination
