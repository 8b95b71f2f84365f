{#-
  Returns readings by item, delivery and day:
  as often as their period is long; reports on the plan as they come.
  How each table is counted: health_tables, health.sql.
-#}
{{ feed_day('returns') }}
