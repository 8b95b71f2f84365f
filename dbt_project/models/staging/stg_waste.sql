{#-
  Weighbridge tickets, all flags; `is_usable` says which of them feed totals. A load belongs to the day it was weighed in.
  What a ticket undoes, and whether it was cancelled, is next to it: int_waste_ticket.
-#}
select
    site_id,
    ticket_no,
    occurrence_no,
    cast(period_start as date) as day,
    period_start as weighed_in,
    period_end as weighed_out,
    coalesce(category, 'unclassified') as category,
    coalesce(destination, 'unknown') as destination,
    street_code,
    plate,
    gross_kg,
    tare_kg,
    state,
    undoes,
    value as net_t,
    flag,
    {{ is_usable() }} and value is not null as is_usable,
    provenance
from {{ source('clean', 'clean_waste') }}
where parameter = 'net_t'
