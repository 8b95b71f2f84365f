{#-
  Every feed with its names, cadence and owner: those with a package of their own, the declared networks and registers.
-#}
{%- set longest_hours = calendar_cadence_hours() -%}
with declared as (
    select
        network_id as feed,
        'networks' as domain,
        name_zh,
        name_en,
        cadence,
        cadence_minutes,
        lateness_allowed_hours,
        owner
    from {{ source('clean', 'declared_network') }}
    union all
    select
        register_id as feed,
        'cases' as domain,
        name_zh,
        name_en,
        cadence,
        case when cadence = 'day' then {{ minutes_of_day() }} end as cadence_minutes,
        lateness_allowed_hours,
        owner
    from {{ ref('stg_register') }}
),

feeds as (
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
        feed,
        domain,
        name_zh,
        name_en,
        cast(case cadence
            {%- for word, hours in longest_hours.items() %}
                when '{{ word }}' then {{ hours }}
            {%- endfor %}
            else greatest({{ integer_quotient('cadence_minutes', 60) }}, 1)
        end as decimal(18, 6)) as cadence_hours,
        lateness_allowed_hours,
        owner
    from declared
)

select
    feed,
    domain,
    name_zh,
    name_en,
    cadence_hours,
    -- The calendar period that a delivery is asked for; what is between two is held to the longer one.
    case
        when cadence_hours <= {{ hours_per_day() }} then 'day'
        {%- for word, hours in longest_hours.items() %}
            when cadence_hours <= {{ hours }} then '{{ word }}'
        {%- endfor %}
        else 'year'
    end as cadence,
    lateness_allowed_hours,
    owner
from feeds
