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

{{ water_assessed_items('items', ['period_kind', 'period_start', 'site_id']) }},

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
    {{ water_item_classes('sure_items', ['period_kind', 'period_start', 'site_id'], 'period_end') }}
)

select
    a.*,
    case when a.n_suspect_of_section = 0 then a.class_rank else c.class_rank end as sure_class_rank
from assessed_items as a
left join sure_classed as c
    on
        a.period_kind = c.period_kind and a.period_start = c.period_start and a.site_id = c.site_id
        and a.parameter = c.parameter
