{#-
  Rates of waste that are declared as quotients (waste_ratios, waste_ratio_terms), of the district by month, quarter, year
  and year to date: masses of loads counted, sites that loads left, sites registered, and what was reported of exactly
  that period. A term that is missing makes the rate insufficient, never smaller.
-#}
with began as (
    select min(day) as first_day
    from (
        select min(day) as day from {{ ref('int_waste_flow') }}
        union all
        select min(period_start) as day from {{ ref('stg_waste_total') }}
    ) as firsts
),

periods as (
    select c.*
    from {{ ref('int_calendar_periods') }} as c
    inner join began as b on c.period_end >= b.first_day
),

terms as (
    select
        indicator_id,
        term,
        role,
        measure,
        category,
        coalesce(destination, '') as destination,
        coalesce(node, '') as node
    from {{ declared('waste_ratio_terms') }}
),

-- Loads of the categories that a rate names, by day's month: the periods are whole months, or end today.
loads as (
    select
        p.period_kind,
        p.period_start,
        f.category,
        f.destination,
        max(h.months_expected) as months_expected,
        max(h.months_heard) as months_heard,
        count(*) as n_expected,
        count(case when f.is_received_usable then 1 end) as n_valid,
        count(case when f.is_received_usable and f.is_suspect then 1 end) as n_suspect,
        sum(case when f.is_received_usable then f.received_t end) as received_t,
        sum(case when f.is_shipped_usable then f.shipped_t end) as shipped_t,
        min({{ provenance_rank('f.provenance') }}) as provenance_rank
    from periods as p
    inner join {{ ref('int_waste_flow') }} as f
        on f.month_start between p.period_start and p.period_end and f.is_counted
    left join {{ ref('int_waste_heard') }} as h
        on p.period_kind = h.period_kind and p.period_start = h.period_start and f.category = h.category
    group by p.period_kind, p.period_start, f.category, f.destination
),

-- What is not a load's own mass, under its measure: sites that loads left, sites registered (of whatever category), and
-- what was reported.
others as (
    select
        p.period_kind,
        p.period_start,
        'origins' as measure,
        f.category,
        f.from_node as node,
        count(distinct f.from_site) as mass,
        0 as n_suspect,
        min({{ provenance_rank('f.provenance') }}) as provenance_rank
    from periods as p
    inner join {{ ref('int_waste_flow') }} as f
        on f.month_start between p.period_start and p.period_end and f.is_load and f.from_site is not null
    group by p.period_kind, p.period_start, f.category, f.from_node
    union all
    select
        p.period_kind,
        p.period_start,
        'registered' as measure,
        null as category,
        s.kind as node,
        count(distinct s.site_id) as mass,
        0 as n_suspect,
        null as provenance_rank
    from periods as p
    inner join {{ ref('int_waste_site') }} as s on {{ in_force('p.period_end', 's') }}
    group by p.period_kind, p.period_start, s.kind
    union all
    select
        p.period_kind,
        p.period_start,
        t.parameter as measure,
        t.category,
        s.kind as node,
        case when count(case when t.is_usable then 1 end) = count(*) then sum(t.value) end as mass,
        count(case when t.is_suspect and t.is_usable then 1 end) as n_suspect,
        min({{ provenance_rank('t.provenance') }}) as provenance_rank
    from periods as p
    inner join {{ ref('stg_waste_total') }} as t on p.period_start = t.period_start and p.period_end = t.period_end
    inner join {{ ref('int_waste_site') }} as s on t.site_id = s.site_id and {{ in_force('t.period_end', 's') }}
    where p.period_kind <> 'year_to_date'
    group by p.period_kind, p.period_start, t.parameter, t.category, s.kind
),

found as (
    select
        t.indicator_id,
        t.term,
        t.role,
        t.measure,
        t.category,
        p.period_kind,
        p.period_start,
        -- Of a category with loads, a destination without any is nothing, and not unknown.
        case
            when t.measure = 'received'
                then sum(case when t.destination in ('', l.destination) then coalesce(l.received_t, 0) else 0 end)
            when t.measure = 'shipped'
                then sum(case when t.destination in ('', l.destination) then coalesce(l.shipped_t, 0) else 0 end)
        end as mass,
        max(l.months_expected) as months_expected,
        max(l.months_heard) as months_heard,
        sum(l.n_expected) as n_expected,
        sum(l.n_valid) as n_valid,
        sum(l.n_suspect) as n_suspect,
        min(l.provenance_rank) as provenance_rank
    from terms as t
    inner join loads as l on t.category = l.category
    inner join periods as p on l.period_kind = p.period_kind and l.period_start = p.period_start
    where t.measure in ('received', 'shipped')
    group by t.indicator_id, t.term, t.role, t.measure, t.category, p.period_kind, p.period_start
    union all
    select
        t.indicator_id,
        t.term,
        t.role,
        t.measure,
        t.category,
        o.period_kind,
        o.period_start,
        o.mass,
        null as months_expected,
        null as months_heard,
        null as n_expected,
        null as n_valid,
        o.n_suspect,
        o.provenance_rank
    from terms as t
    inner join others as o
        on t.measure = o.measure and t.node = o.node and (o.category is null or t.category = o.category)
),

-- A rate has a row in the periods in which one of its categories was heard of; who is registered says nothing.
heard as (
    select distinct
        indicator_id,
        period_kind,
        period_start
    from found
    where measure <> 'registered'
),

parts as (
    select
        h.indicator_id,
        h.period_kind,
        h.period_start,
        count(*) as n_terms,
        count(f.mass) as n_found,
        sum(case when t.role = 'numerator' then f.mass end) as above,
        sum(case when t.role = 'denominator' then f.mass end) as below,
        max(f.months_expected) as months_expected,
        min(f.months_heard) as months_heard,
        max(f.n_expected) as n_expected,
        min(f.n_valid) as n_valid,
        max(f.n_suspect) as n_suspect,
        {{ joined(
            "case when f.mass is null then concat(m.name_en, ' of ', t.category) end", ', ', 't.term'
        ) }} as missing,
        {{ joined(
            "case when f.mass is null then concat(m.name_zh, '（', t.category, '）') end", ', ', 't.term'
        ) }} as missing_zh,
        min(f.provenance_rank) as provenance_rank
    from heard as h
    inner join terms as t on h.indicator_id = t.indicator_id
    left join {{ ref('waste_measures') }} as m on t.measure = m.measure
    left join found as f
        on
            h.indicator_id = f.indicator_id and t.term = f.term and h.period_kind = f.period_kind
            and h.period_start = f.period_start
    group by h.indicator_id, h.period_kind, h.period_start
),

figures as (
    select
        a.*,
        p.period_end,
        p.is_pending,
        r.name_zh,
        r.unit,
        r.standard,
        r.clause,
        i.waste_coverage_valid,
        i.waste_coverage_indicative,
        case
            when a.n_found = a.n_terms
                then {{ round_even_by(
                    exact_quotient("a.above * case when r.unit = '%' then 100 else 1 end", 'a.below', 12), 'r.decimals'
                ) }}
        end as figure
    from parts as a
    inner join periods as p on a.period_kind = p.period_kind and a.period_start = p.period_start
    inner join {{ declared('waste_ratios') }} as r on a.indicator_id = r.indicator_id
    inner join {{ ref('int_waste_rules') }} as i on {{ in_force('p.period_start', 'i') }}
),

judged as (
    select
        f.*,
        case
            when f.is_pending then 'pending'
            when f.figure is null then 'insufficient'
            when f.n_expected is null then 'valid'
            else {{ loads_validity('f', 'f') }}
        end as validity
    from figures as f
)

select
    j.indicator_id,
    j.name_zh,
    j.period_kind,
    j.period_start,
    j.period_end,
    cast(case when j.validity in ('valid', 'indicative') then j.figure end as decimal(18, 6)) as value,
    j.unit,
    cast(coalesce(j.n_expected, j.n_terms) as bigint) as n_expected,
    cast(case when j.n_expected is null then j.n_found else j.n_valid end as bigint) as n_valid,
    cast(coalesce(j.n_suspect, 0) as bigint) as n_suspect,
    j.validity,
    case
        when j.is_pending then {{ reason('period_not_over') }}
        when j.n_found < j.n_terms then {{ reason('terms_missing', 'j.missing', 'j.missing_zh') }}
        when j.figure is null then {{ reason('nothing_to_divide_by') }}
        else coalesce({{ loads_reason('j') }}, '')
    end as validity_reason,
    j.standard,
    j.clause,
    {{ provenance_of_rank('j.provenance_rank') }} as provenance
from judged as j
