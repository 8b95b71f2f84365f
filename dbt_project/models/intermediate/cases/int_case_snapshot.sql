{#-
  Deliveries of every register that were read and have rows: when each came. `is_whole`: no row was refused, so a
  register that is delivered whole lacks what is not in it; of a refused row nobody knows what it was. `last_month` is
  the month that any delivery of the district came in last: cases are counted up to it.
-#}
select
    r.register_id,
    c.source_id,
    c.delivered_at,
    min(case when c.records_quarantined > 0 then 0 else 1 end) = 1 as is_whole,
    max(max(c.delivered_at)) over (partition by r.register_id) as last_delivered_at,
    (
        select cast(date_trunc('month', max(a.delivered_at)) as date)
        from {{ ref('stg_file_counts') }} as a
    ) as last_month
from {{ ref('stg_register') }} as r
inner join {{ ref('stg_file_counts') }} as c on r.register_id = c.feed
where c.verdict = 'read' and c.records_in > 0
group by r.register_id, c.source_id, c.delivered_at
