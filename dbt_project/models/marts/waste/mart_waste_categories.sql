{#-
  Loads of every category by month, quarter, year and year to date and area of origin: each tonne once, at the node that
  is declared for its category, with what left and what arrived. The district's row holds all loads and is never the sum
  of rows of areas that overlap.
-#}
with sums as (
    select
        p.period_kind,
        p.period_start,
        p.period_end,
        p.is_pending,
        m.area_code,
        m.category,
        sum(m.n_expected) as n_expected,
        sum(m.n_valid) as n_valid,
        sum(m.n_suspect) as n_suspect,
        sum(m.loads_elsewhere) as loads_elsewhere,
        sum(m.loads_voided) as loads_voided,
        sum(m.loads_both) as loads_both,
        sum(m.received_t) as received_t,
        sum(m.shipped_t) as shipped_t,
        sum(m.difference_t) as difference_t,
        min(m.provenance_rank) as provenance_rank
    from {{ ref('int_calendar_periods') }} as p
    inner join {{ ref('int_waste_area_month') }} as m on m.month_start between p.period_start and p.period_end
    group by p.period_kind, p.period_start, p.period_end, p.is_pending, m.area_code, m.category
),

heard as (
    select
        s.*,
        h.months_expected,
        h.months_heard
    from sums as s
    left join {{ ref('int_waste_heard') }} as h
        on s.period_kind = h.period_kind and s.period_start = h.period_start and s.category = h.category
),

judged as (
    select
        s.*,
        {{ loads_validity('s', 'r') }} as validity
    from heard as s
    inner join {{ ref('int_waste_rules') }} as r on {{ in_force('s.period_start', 'r') }}
)

select
    j.period_kind,
    j.period_start,
    j.period_end,
    j.area_code,
    {{ area_name('j.area_code', 'a.name_zh') }} as area_name_zh,
    j.category,
    coalesce(c.name_zh, j.category) as category_zh,
    {{ loads_published('j') }},
    cast(j.loads_both as bigint) as loads_both,
    cast(j.loads_elsewhere as bigint) as loads_elsewhere,
    cast(j.loads_voided as bigint) as loads_voided,
    cast(j.n_expected as bigint) as n_expected,
    cast(j.n_valid as bigint) as n_valid,
    cast(j.n_suspect as bigint) as n_suspect,
    {{ coverage('j.n_valid', 'j.n_expected') }} as coverage,
    j.validity,
    case
        when j.n_expected = 0 and not j.is_pending then {{ reason('no_load_where_it_counts') }}
        else {{ loads_reason('j') }}
    end as validity_reason,
    {{ provenance_of_rank('j.provenance_rank') }} as provenance
from judged as j
left join {{ ref('stg_area_name') }} as a on j.area_code = a.area_code
left join {{ declared('waste_categories') }} as c on j.category = c.category
