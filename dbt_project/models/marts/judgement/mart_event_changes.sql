{#-
  Events of earlier releases that are no longer what they were. The release step (warehouse/release/event_changes.py)
  fills it; the dbt table is always empty and only declares the columns.
-#}
select
    cast(null as varchar) as event_id,
    cast(null as varchar) as current_event_id,
    cast(null as varchar) as change,
    cast(null as varchar) as site_id,
    cast(null as varchar) as site_name_zh,
    cast(null as varchar) as parameter,
    cast(null as varchar) as parameter_zh,
    cast(null as timestamp) as event_start,
    cast(null as timestamp) as event_end,
    cast(null as timestamp) as current_event_start,
    cast(null as timestamp) as current_event_end,
    cast(null as varchar) as release_id,
    cast(null as timestamp) as published_at
where false
