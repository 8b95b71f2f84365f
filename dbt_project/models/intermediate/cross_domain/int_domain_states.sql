{#-
  What the release holds of each domain: fresh, held (the tables of an earlier release are kept) or empty (held, and
  there is no earlier release). The gate's verdict comes in as var held_domains, a list of {domain, state}.
-#}
with domains as (
    select
        feed as domain,
        name_zh as domain_zh
    from {{ ref('feed_cadence') }}
    union all
    select
        'networks' as domain,
        '监测网络' as domain_zh
    union all
    select
        'cases' as domain,
        '案件台账' as domain_zh
)

select
    domain,
    domain_zh,
    case domain
        when null then null
        {%- for held in var('held_domains', []) %}
            when '{{ held.domain }}' then '{{ held.state }}'
        {%- endfor %}
        else 'fresh'
    end as domain_state
from domains
