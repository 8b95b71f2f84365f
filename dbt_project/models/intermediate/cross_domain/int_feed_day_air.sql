{#-
  Air readings by series and day:
  hours at the cadence of the feed, dustfall once a month, notified dust as it comes.
  How each table is counted: health_tables, health.sql.
-#}
{{ feed_day('air') }}
