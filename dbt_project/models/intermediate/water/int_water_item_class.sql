{#-
  Section x period x item: the value that is assessed (rounded or not, as the product's rule says), its class, and the
  exceedance multiple against class III. GB 3838-2002 table 1, best class whose limits it keeps; rank 6 is worse than V.
-#}
with assessable as (
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
        p.mean_value,
        case
            when r.water_statistics_rounded = 1
                then {{ round_even_keeping_digit('p.mean_value', 'i.assessment_decimals') }}
            else p.mean_value
        end as assessed_value,
        p.provenance_rank
    from {{ ref('int_water_period_item') }} as p
    inner join {{ ref('int_water_section_period') }} as s
        on p.period_kind = s.period_kind and p.site_id = s.site_id and p.period_start = s.period_start
    inner join {{ ref('water_items') }} as i on p.parameter = i.parameter and {{ in_force('p.period_end', 'i') }}
    inner join {{ ref('int_water_rules') }} as r on {{ in_force('p.period_end', 'r') }}
),

classed as (
    {{ water_item_classes('assessable', ['period_kind', 'period_start', 'site_id'], 'period_end') }}
)

select
    a.*,
    i.name_zh as item_zh,
    i.in_class_assessment,
    i.has_exceedance_multiple,
    i.named_first,
    i.unit,
    c.class_rank,
    t.limit_high as class_iii_limit,
    case
        when i.has_exceedance_multiple and a.assessed_value > t.limit_high
            then
                cast({{ round_even_by(
                    exact_quotient('a.assessed_value - t.limit_high', 't.limit_high'), 'r.water_multiple_decimals'
                ) }} as decimal(18, 6))
    end as exceedance_multiple
from assessable as a
inner join {{ ref('water_items') }} as i on a.parameter = i.parameter and {{ in_force('a.period_end', 'i') }}
inner join {{ ref('int_water_rules') }} as r on {{ in_force('a.period_end', 'r') }}
left join classed as c
    on
        a.period_kind = c.period_kind and a.period_start = c.period_start
        and a.site_id = c.site_id and a.parameter = c.parameter
left join {{ ref('gb3838_limits') }} as t
    on
        a.parameter = t.parameter and a.water_type = t.water_type and {{ in_force('a.period_end', 't') }}
        and r.water_exceedance_class_rank = t.class_rank
