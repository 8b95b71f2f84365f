{#-
  Noise readings by series and day:
  hours at the cadence of the feed, parts of the day once a day, surveys once a year.
  How each table is counted: health_tables, health.sql.
-#}
{{ feed_day('noise') }}
