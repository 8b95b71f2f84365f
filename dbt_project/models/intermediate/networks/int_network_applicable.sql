{#-
  Value x limit that applies to it: dated, of its months and hours, with every condition met; and whether the value holds
  it. A value with suspect readings behind it is judged twice, the second time without them (is_sure).
-#}
with measured as (
    select
        network_id,
        site_id,
        sample,
        parameter,
        period_start,
        period_end,
        value
    from {{ ref('int_network_reading') }}
    where is_usable
    union all
    select
        f.network_id,
        f.site_id,
        f.sample,
        f.parameter,
        f.period_start,
        f.period_end,
        f.value
    from {{ ref('int_network_figure') }} as f
    inner join {{ source('clean', 'declared_network_figure') }} as d
        on f.network_id = d.network_id and f.figure_id = d.figure_id and f.parameter = d.parameter
    where d.statistic = 'mean' and f.value is not null
),

-- What other parameters of the same sample are.
others as (
    select
        network_id,
        site_id,
        sample,
        parameter,
        period_start,
        period_end,
        max(value) as value
    from measured
    group by network_id, site_id, sample, parameter, period_start, period_end
),

judged as (
    select
        item_no,
        network_id,
        figure_id,
        parameter,
        site_id,
        sample,
        period_start,
        period_end,
        judged_on,
        censored,
        false as is_sure,
        value
    from {{ ref('int_network_item') }}
    where value is not null
    union all
    select
        item_no,
        network_id,
        figure_id,
        parameter,
        site_id,
        sample,
        period_start,
        period_end,
        judged_on,
        censored,
        true as is_sure,
        sure_value as value
    from {{ ref('int_network_item') }}
    where n_suspect > 0 and sure_value is not null
),

candidates as (
    select
        i.item_no,
        i.is_sure,
        i.value,
        i.censored,
        i.site_id,
        i.sample,
        i.period_start,
        i.period_end,
        i.judged_on,
        l.* exclude (site_id),
        case
            when l.is_low_end and l.high_parameter <> ''
                then cast({{ round_even('o.value * cast(l.high_factor as decimal(20, 6))', 6) }} as decimal(18, 6))
            else l.low
        end as applied_low,
        case
            when l.high_parameter <> '' and not l.is_low_end
                then cast({{ round_even('o.value * cast(l.high_factor as decimal(20, 6))', 6) }} as decimal(18, 6))
            else l.high
        end as applied_high
    from judged as i
    inner join {{ ref('int_network_limit') }} as l
        on
            i.network_id = l.network_id and i.parameter = l.parameter and i.figure_id = l.figure_id
            and (l.site_id is null or i.site_id = l.site_id)
            and {{ limit_in_force('i.judged_on', 'i.period_start', 'l') }}
    left join others as o
        on
            l.high_parameter <> '' and i.network_id = o.network_id and i.site_id = o.site_id
            and i.sample = o.sample and l.high_parameter = o.parameter and i.period_start = o.period_start
            and i.period_end = o.period_end
    where l.high_parameter = '' or o.value is not null
),

conditions as (
    select
        c.item_no,
        c.is_sure,
        c.limit_id,
        bool_and(case
            when coalesce(d.attribute, '') <> '' then coalesce(a.text = d.attribute_value, d.or_missing)
            else coalesce({{ network_inside('o.value', 'd') }}, d.or_missing)
        end) as are_met
    from candidates as c
    inner join {{ source('clean', 'declared_network_condition') }} as d
        on c.network_id = d.network_id and c.limit_id = d.limit_id
    left join {{ source('clean', 'declared_site_attribute') }} as a
        on
            c.network_id = a.network_id and c.site_id = a.site_id and d.attribute = a.attribute
            and {{ in_force('c.judged_on', 'a') }}
    left join others as o
        on
            c.network_id = o.network_id and c.site_id = o.site_id and c.sample = o.sample
            and d.parameter = o.parameter and c.period_start = o.period_start and c.period_end = o.period_end
    where c.n_conditions > 0
    group by c.item_no, c.is_sure, c.limit_id
)

select
    c.item_no,
    c.is_sure,
    c.limit_id,
    c.grade,
    c.grade_rank,
    c.limit_text,
    c.applied_low,
    c.applied_high,
    c.word_number is null and not c.is_outside and c.applied_high is not null as has_high,
    c.word_number is null and not c.is_outside and c.applied_low is not null as has_low,
    c.word_number,
    c.value,
    c.unit,
    c.standard,
    c.clause,
    c.certainty,
    c.effect,
    {{ network_holds('c') }} as holds
from candidates as c
left join conditions as d on c.item_no = d.item_no and c.is_sure = d.is_sure and c.limit_id = d.limit_id
where c.n_conditions = 0 or d.are_met
