{#-
  Clean readings of all feeds by series, delivery and day. Each feed has a table of its own, the one pass of data health
  over its part of the clean layer: a feed without news is not read again.
-#}
{%- for feed in declared_feeds() %}
    select * from {{ ref('int_feed_day_' ~ feed) }}
    union all
{% endfor %}
select * from {{ ref('int_feed_day_networks') }}
union all
select * from {{ ref('int_feed_day_registers') }}
