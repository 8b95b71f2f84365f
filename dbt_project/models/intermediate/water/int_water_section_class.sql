{#-
  Section x period: the class by single factor over the items present among the 21, what decides it, the main pollutants,
  and the section's target. Months, years and the year to date alike; the class always comes from means. A year that is
  not over, or has fewer months than the rule asks, has no class (is_published is false).
-#}
with items as (
    select
        *,
        row_number() over (
            partition by period_kind, period_start, site_id
            order by class_rank desc, exceedance_multiple desc nulls last, parameter asc
        ) as item_place
    from {{ ref('int_water_item_class') }}
    where in_class_assessment and class_rank is not null
),

worst as (
    select
        period_kind,
        period_start,
        site_id,
        max(class_rank) as class_rank
    from items
    group by period_kind, period_start, site_id
),

counts as (
    select
        c.period_kind,
        c.period_start,
        c.site_id,
        count(distinct case when c.in_class_assessment then c.parameter end) as n_items,
        count(distinct case when i.in_realtime_class then c.parameter end) as n_automatic_items,
        coalesce(min(case when i.in_realtime_class then c.n_months end), max(c.n_months)) as n_months,
        sum(c.n_values) as n_values,
        min(c.provenance_rank) as provenance_rank
    from {{ ref('int_water_item_class') }} as c
    inner join {{ ref('water_items') }} as i on c.parameter = i.parameter and {{ in_force('c.period_end', 'i') }}
    group by c.period_kind, c.period_start, c.site_id
),

deciding as (
    select
        i.period_kind,
        i.period_start,
        i.site_id,
        {{ joined('i.parameter', ',', 'i.item_place') }} as items,
        {{ joined('i.item_zh', '、', 'i.item_place') }} as items_zh
    from items as i
    inner join worst as w
        on
            i.period_kind = w.period_kind and i.period_start = w.period_start and i.site_id = w.site_id
            and i.class_rank = w.class_rank
    where i.class_rank > 1
    group by i.period_kind, i.period_start, i.site_id
),

beyond as (
    select
        i.*,
        r.water_main_pollutants,
        row_number() over (
            partition by i.period_kind, i.period_start, i.site_id
            order by i.named_first desc, i.item_place asc
        ) as pollutant_place
    from items as i
    inner join {{ ref('int_water_rules') }} as r on {{ in_force('i.period_end', 'r') }}
    where i.class_rank > r.water_exceedance_class_rank
),

pollutants as (
    select
        period_kind,
        period_start,
        site_id,
        {{ joined(
            "concat(item_zh, case when exceedance_multiple is not null then concat('(', cast(exceedance_multiple as decimal(18, 2)), ')') else '' end)",
            '、', 'pollutant_place'
        ) }} as exceeding_zh,
        {{ joined('case when pollutant_place <= water_main_pollutants then item_zh end', '、', 'pollutant_place') }}
            as main_pollutants_zh,
        max(exceedance_multiple) as largest_multiple
    from beyond
    group by period_kind, period_start, site_id
),

periods as (
    select
        s.*,
        c.n_items,
        c.n_automatic_items,
        c.n_months,
        c.n_values,
        c.provenance_rank,
        coalesce(y.is_pending, false) as is_pending,
        r.water_year_min_months,
        case
            when s.period_kind = 'year' then cast(r.water_year_expected_months as bigint)
            when s.period_kind = 'year_to_date' then extract(month from s.period_end)
            else 1
        end as n_months_expected,
        s.period_kind <> 'year' or (not y.is_pending and c.n_months >= r.water_year_min_months) as is_published
    from {{ ref('int_water_section_period') }} as s
    inner join counts as c
        on s.period_kind = c.period_kind and s.period_start = c.period_start and s.site_id = c.site_id
    inner join {{ ref('int_water_rules') }} as r on {{ in_force('s.period_end', 'r') }}
    left join {{ ref('int_year_periods') }} as y
        on s.period_kind = y.period_kind and s.period_start = y.period_start
)

select
    s.*,
    k.class_name,
    k.class_rank,
    k.class_zh,
    k.grade_zh,
    k.clause as grade_clause,
    t.class_rank as target_rank,
    coalesce(d.items, '') as deciding_items,
    coalesce(d.items_zh, '') as deciding_items_zh,
    coalesce(p.exceeding_zh, '') as exceeding_zh,
    coalesce(p.main_pollutants_zh, '') as main_pollutants_zh,
    p.largest_multiple
from periods as s
left join worst as w
    on
        s.period_kind = w.period_kind and s.period_start = w.period_start and s.site_id = w.site_id
        and s.is_published
left join {{ ref('water_classes') }} as k on w.class_rank = k.class_rank and {{ in_force('s.period_end', 'k') }}
left join {{ ref('water_classes') }} as t on s.class_target = t.class_name and {{ in_force('s.period_end', 't') }}
left join deciding as d
    on
        s.period_kind = d.period_kind and s.period_start = d.period_start and s.site_id = d.site_id
        and s.is_published
left join pollutants as p
    on
        s.period_kind = p.period_kind and s.period_start = p.period_start and s.site_id = p.site_id
        and s.is_published
