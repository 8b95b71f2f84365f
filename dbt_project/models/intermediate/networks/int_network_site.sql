{#-
  Sites of declared networks by the dated register, each entry up to the day before the next. The areas that
  they lie in are in int_site_area.
-#}
with entries as (
    select
        s.*,
        lead(s.valid_from) over (partition by s.feed, s.site_id order by s.valid_from) as next_from
    from {{ ref('stg_site_register') }} as s
    where s.feed in (select n.network_id from {{ source('clean', 'declared_network') }} as n)
)

select
    feed as network_id,
    site_id,
    coalesce(name_zh, site_id) as name_zh,
    kind,
    area_code,
    unit_to_notify,
    valid_from,
    case when next_from is not null then least(coalesce(valid_to, next_from - 1), next_from - 1) else valid_to end
        as valid_to
from entries
