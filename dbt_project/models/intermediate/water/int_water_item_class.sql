{#-
  Section x period x item: the value that is assessed (rounded or not, as the product's rule says), its class, and the
  exceedance multiple against class III. GB 3838-2002 table 1, best class whose limits it keeps; rank 6 is worse than V.
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
        p.provenance_rank
    from {{ ref('int_water_period_item') }} as p
    inner join {{ ref('int_water_section_period') }} as s
        on p.period_kind = s.period_kind and p.site_id = s.site_id and p.period_start = s.period_start
),

{{ water_assessed_items('items', ['period_kind', 'period_start', 'site_id']) }}

select * from assessed_items
