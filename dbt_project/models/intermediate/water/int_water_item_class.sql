{#-
  Section x period x item: the value that is assessed (rounded or not, as the product's rule says), its class, and the
  exceedance multiple against class III; where suspect readings went in, also its class without them (sure_class_rank;
  else the same). GB 3838-2002 table 1, best class whose limits it keeps; rank 6 is worse than V.
-#}
with items as (
    select
        p.period_kind,
        p.period_start,
        p.period_end,
        p.site_id,
        p.parameter,
        s.water_type,
        p.methods,
        p.n_values,
        p.n_nondetects,
        p.n_months,
        p.is_sufficient,
        p.mean_value,
        coalesce(p.n_suspect, 0) as n_suspect,
        p.sure_n_months,
        p.sure_is_sufficient,
        p.sure_mean_value,
        sum(coalesce(p.n_suspect, 0))
            over (partition by p.period_kind, p.period_start, p.site_id)
            as n_suspect_of_section,
        p.provenance_rank
    from {{ ref('int_water_period_item') }} as p
    inner join {{ ref('int_water_section_period') }} as s
        on p.period_kind = s.period_kind and p.site_id = s.site_id and p.period_start = s.period_start
),

assessable as (
    select
        p.*,
        i.name_zh as item_zh,
        i.in_class_assessment,
        i.in_realtime_class,
        i.has_exceedance_multiple,
        i.named_first,
        i.unit,
        case
            when r.water_statistics_rounded = 1
                then {{ round_even_keeping_digit('p.mean_value', 'i.assessment_decimals') }}
            else p.mean_value
        end as assessed_value,
        r.water_exceedance_class_rank,
        r.water_multiple_decimals
    from items as p
    inner join {{ ref('water_items') }} as i on p.parameter = i.parameter and {{ in_force('p.period_end', 'i') }}
    inner join {{ ref('int_water_rules') }} as r on {{ in_force('p.period_end', 'r') }}
),

classable as (
    select * from assessable
    where is_sufficient
),

classed as (
    select
        v.period_kind,
        v.period_start,
        v.site_id,
        v.parameter,
        {{ water_class_rank() }} as class_rank
    from classable as v
    inner join {{ ref('gb3838_limits') }} as l
        on v.parameter = l.parameter and v.water_type = l.water_type and {{ in_force('v.period_end', 'l') }}
    inner join {{ ref('int_water_rules') }} as r on {{ in_force('v.period_end', 'r') }}
    left join classable as o
        on
            v.parameter = 'do' and o.parameter = 'do_saturation'
            and v.period_kind = o.period_kind and v.period_start = o.period_start and v.site_id = o.site_id
    where v.assessed_value is not null
    group by v.period_kind, v.period_start, v.site_id, v.parameter
),

assessed_items as (
    select
        a.*,
        c.class_rank,
        t.limit_high as class_iii_limit,
        case
            when a.is_sufficient and a.has_exceedance_multiple and a.assessed_value > t.limit_high
                then
                    cast({{ round_even_by(
                        exact_quotient('a.assessed_value - t.limit_high', 't.limit_high'), 'a.water_multiple_decimals'
                    ) }} as decimal(18, 6))
        end as exceedance_multiple
    from assessable as a
    left join classed as c
        on a.period_kind = c.period_kind
            and a.period_start = c.period_start
            and a.site_id = c.site_id
            and a.parameter = c.parameter
    left join {{ ref('gb3838_limits') }} as t
        on
            a.parameter = t.parameter and a.water_type = t.water_type and {{ in_force('a.period_end', 't') }}
            and a.water_exceedance_class_rank = t.class_rank
),

sure_items as (
    select
        a.period_kind,
        a.period_start,
        a.period_end,
        a.site_id,
        a.parameter,
        a.water_type,
        case
            when a.n_suspect = 0 then a.assessed_value
            when r.water_statistics_rounded = 1
                then {{ round_even_keeping_digit('a.sure_mean_value', 'i.assessment_decimals') }}
            else a.sure_mean_value
        end as assessed_value
    from assessed_items as a
    inner join {{ ref('water_items') }} as i on a.parameter = i.parameter and {{ in_force('a.period_end', 'i') }}
    inner join {{ ref('int_water_rules') }} as r on {{ in_force('a.period_end', 'r') }}
    where a.n_suspect_of_section > 0 and a.sure_is_sufficient
),

sure_classed as (
    select
        v.period_kind,
        v.period_start,
        v.site_id,
        v.parameter,
        {{ water_class_rank() }} as class_rank
    from sure_items as v
    inner join {{ ref('gb3838_limits') }} as l
        on v.parameter = l.parameter and v.water_type = l.water_type and {{ in_force('v.period_end', 'l') }}
    inner join {{ ref('int_water_rules') }} as r on {{ in_force('v.period_end', 'r') }}
    left join sure_items as o
        on
            v.parameter = 'do' and o.parameter = 'do_saturation'
            and v.period_kind = o.period_kind and v.period_start = o.period_start and v.site_id = o.site_id
    where v.assessed_value is not null
    group by v.period_kind, v.period_start, v.site_id, v.parameter
)

select
    a.*,
    case when a.n_suspect_of_section = 0 then a.class_rank else c.class_rank end as sure_class_rank
from assessed_items as a
left join sure_classed as c
    on
        a.period_kind = c.period_kind and a.period_start = c.period_start and a.site_id = c.site_id
        and a.parameter = c.parameter
