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

valued as (
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
        case
            when r.water_statistics_rounded = 1
                then {{ round_even_keeping_digit('p.sure_mean_value', 'i.assessment_decimals') }}
            else p.sure_mean_value
        end as sure_rounded_value,
        r.water_exceedance_class_rank,
        r.water_multiple_decimals,
        r.water_do_saturation_class_i
    from items as p
    inner join {{ ref('water_items') }} as i on p.parameter = i.parameter and {{ in_force('p.period_end', 'i') }}
    inner join {{ ref('int_water_rules') }} as r on {{ in_force('p.period_end', 'r') }}
),

-- What has a class: means of enough values; where suspect readings went in, the same without them.
classable as (
    select
        *,
        case when is_sufficient then assessed_value end as classed_value,
        case
            when sure_is_sufficient then case when n_suspect = 0 then assessed_value else sure_rounded_value end
        end as sure_classed_value
    from valued
),

sampled as (
    select
        {{ all_but('v', ['sure_rounded_value']) }},
    {%- for name in ['', 'sure_'] %}
        max(case when v.parameter = 'do_saturation' then v.{{ name }}classed_value end)
            over (partition by v.period_kind, v.period_start, v.site_id)
            as {{ name }}saturation{{ ',' if not loop.last }}
    {%- endfor %}
    from classable as v
)

select
    {{ all_but('v', [
        'classed_value', 'saturation', 'sure_classed_value', 'sure_saturation', 'water_do_saturation_class_i'
    ]) }},
    {{ water_class_rank('v.parameter', 'v.saturation', 'b', 'v') }} as class_rank,
    t.limit_high as class_iii_limit,
    case
        when v.is_sufficient and v.has_exceedance_multiple
            then {{ exceedance_multiple('v.assessed_value', 't.limit_high', 'v.water_multiple_decimals') }}
    end as exceedance_multiple,
    case
        when v.n_suspect_of_section = 0 then {{ water_class_rank('v.parameter', 'v.saturation', 'b', 'v') }}
        else {{ water_class_rank('v.parameter', 'v.sure_saturation', 's', 'v') }}
    end as sure_class_rank
from sampled as v
left join {{ ref('int_water_class_bands') }} as b
    on
        v.parameter = b.parameter and v.water_type = b.water_type and {{ in_force('v.period_end', 'b') }}
        and {{ water_in_class('v.classed_value', 'b') }} and v.classed_value is not null
left join {{ ref('int_water_class_bands') }} as s
    on
        v.parameter = s.parameter and v.water_type = s.water_type and {{ in_force('v.period_end', 's') }}
        and {{ water_in_class('v.sure_classed_value', 's') }} and v.sure_classed_value is not null
left join {{ ref('gb3838_limits') }} as t
    on
        v.parameter = t.parameter and v.water_type = t.water_type and {{ in_force('v.period_end', 't') }}
        and v.water_exceedance_class_rank = t.class_rank
