{#-
  What the release holds, one row per table. The release step (warehouse/release/release_files.py) fills it; the dbt table
  is always empty and only declares the columns.
-#}
select
    cast(null as varchar) as table_name,
    cast(null as varchar) as domain,
    cast(null as varchar) as state,
    cast(null as timestamp) as stale_since,
    cast(null as varchar) as reason,
    cast(null as varchar) as table_digest,
    cast(null as bigint) as row_count,
    cast(null as varchar) as release_id,
    cast(null as timestamp) as published_at
where false
