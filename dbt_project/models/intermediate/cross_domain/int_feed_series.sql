{#-
  How many series (site × parameter) each feed of evenly spaced readings has on a day: every series from its first
  reading on, as long as the site register keeps the site open. Feeds of loads, balances and returns have none.
-#}
with series as (
    {%- for feed, table in [('water', 'clean_water'), ('air', 'clean_air'), ('noise', 'clean_noise')] %}
        select
            '{{ feed }}' as feed,
            site_id,
            parameter,
            cast(min(period_start) as date) as first_day
        from {{ clean_table(table) }}
        {%- if feed == 'water' %}
            where method = 'automatic'
        {%- endif %}
    {%- if feed == 'noise' %}
            where period_kind = 'hour'
        {%- endif %}
        group by site_id, parameter
        {% if not loop.last %}union all{% endif %}
    {%- endfor %}
),

closed as (
    select
        feed,
        site_id,
        case when count(valid_to) = count(*) then max(valid_to) end as last_day
    from {{ ref('stg_site_register') }}
    group by feed, site_id
)

select
    s.feed,
    s.first_day,
    c.last_day,
    count(*) as n_series
from series as s
left join closed as c on s.feed = c.feed and s.site_id = c.site_id
group by s.feed, s.first_day, c.last_day
