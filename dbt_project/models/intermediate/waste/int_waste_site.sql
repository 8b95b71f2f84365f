{#- Sites of waste with the days they are in force: a further entry of a site ends the one before. -#}
select
    site_id,
    name_zh,
    kind,
    area_code,
    valid_from,
    least(valid_to, lead(valid_from) over (partition by site_id order by valid_from) - 1) as valid_to
from {{ ref('stg_site_register') }}
where feed = 'waste'
