{#- Energy readings that cross the end of a year and so are in no mart: shown, not lost in silence. -#}
{{ config(severity='warn', tags=['energy']) }}
select
    site_id,
    carrier,
    period_start,
    period_end,
    amount
from {{ ref('stg_energy') }}
where period_end > year_start + interval 1 year
