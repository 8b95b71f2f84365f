{#-
  Sources of the configuration at the moment of publishing. The release step (warehouse/release/release_files.py) fills it
  from orchestration/source_table.py; the dbt table is always empty and only declares the columns.
-#}
select
    cast(null as varchar) as source_id,
    cast(null as varchar) as feed,
    cast(null as varchar) as feed_zh,
    cast(null as varchar) as connector,
    cast(null as varchar) as connector_zh,
    cast(null as varchar) as path,
    cast(null as varchar) as owner,
    cast(null as varchar) as licence,
    cast(null as varchar) as provenance,
    cast(null as varchar) as state,
    cast(null as timestamp) as last_asked_at,
    cast(null as timestamp) as last_answered_at,
    cast(null as timestamp) as failing_since,
    cast(null as bigint) as n_failures,
    cast(null as varchar) as failure,
    cast(null as bigint) as n_deliveries,
    cast(null as bigint) as n_refused,
    cast(null as timestamp) as last_delivered_at,
    cast(null as timestamp) as last_new_at,
    cast(null as timestamp) as first_reading_at,
    cast(null as timestamp) as last_reading_at,
    cast(null as bigint) as usual_gap_days,
    cast(null as bigint) as longest_gap_days,
    cast(null as date) as next_due_on,
    cast(null as bigint) as days_late,
    cast(null as varchar) as release_id,
    cast(null as timestamp) as published_at
where false
