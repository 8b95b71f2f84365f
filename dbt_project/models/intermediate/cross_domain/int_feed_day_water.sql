{#-
  Water readings by series and day:
  automatic stations at the cadence of the feed, samples once a month.
  How each table is counted: health_tables, health.sql.
-#}
{{ feed_day('water') }}
