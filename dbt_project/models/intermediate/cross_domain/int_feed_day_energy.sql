{#- Energy readings by series, delivery and day: as often as they are long (health.sql). -#}
{{ feed_day('energy') }}
