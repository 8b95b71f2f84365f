{#-
  Every feed with its names, cadence and owner: those with a package of their own, the declared networks and registers.
-#}
select
    feed,
    feed as domain,
    name_zh,
    name_en,
    cadence_hours,
    lateness_allowed_hours,
    owner
from {{ ref('feed_cadence') }}
union all
select
    network_id as feed,
    'networks' as domain,
    name_zh,
    name_en,
    cast({{ network_cadence_hours('cadence', 'cadence_minutes') }} as decimal(18, 6)) as cadence_hours,
    lateness_allowed_hours,
    owner
from {{ source('clean', 'declared_network') }}
union all
select
    register_id as feed,
    'cases' as domain,
    name_zh,
    name_en,
    cast({{ network_cadence_hours('cadence', 'cadence_minutes') }} as decimal(18, 6)) as cadence_hours,
    lateness_allowed_hours,
    owner
from (
    select
        *,
        case when cadence = 'day' then {{ minutes_of_day() }} end as cadence_minutes
    from {{ ref('stg_register') }}
) as r
