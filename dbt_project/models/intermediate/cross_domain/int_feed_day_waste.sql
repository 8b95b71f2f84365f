{#- Waste readings by weighbridge, delivery and day: loads as they come (health.sql). -#}
{{ feed_day('waste') }}
