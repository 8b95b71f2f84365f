{#-
  Results of the gate, one row per expectation. The release step (warehouse/release/release_files.py) fills it from the
  gate's own records; the dbt table is always empty and only declares the columns.
-#}
select
    cast(null as varchar) as domain,
    cast(null as varchar) as table_name,
    cast(null as varchar) as part_id,
    cast(null as varchar) as suite,
    cast(null as varchar) as expectation,
    cast(null as varchar) as column_name,
    cast(null as varchar) as severity,
    cast(null as varchar) as outcome,
    cast(null as varchar) as observed,
    cast(null as varchar) as expected,
    cast(null as bigint) as unexpected_count,
    cast(null as varchar) as failing_rows,
    cast(null as varchar) as judged_by,
    cast(null as varchar) as table_digest,
    cast(null as varchar) as waiver,
    cast(null as varchar) as release_id,
    cast(null as timestamp) as judged_at
where false
