{#-
  What the release holds of each domain: fresh, held (the tables of an earlier release are kept) or empty (held, and
  there is no earlier release). The gate's verdict comes in as var held_domains, a list of {domain, state}.
-#}
select
    feed as domain,
    name_zh as domain_zh,
    case feed
        when null then null
        {%- for held in var('held_domains', []) %}
            when '{{ held.domain }}' then '{{ held.state }}'
        {%- endfor %}
        else 'fresh'
    end as domain_state
from {{ ref('feed_cadence') }}
