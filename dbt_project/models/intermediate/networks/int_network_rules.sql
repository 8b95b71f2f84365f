{#- Rules of declared networks side by side, one row per span of days in which none of them changes. -#}
{{ rules_side_by_side([
    'network_air_oxygen_pct',
    'network_air_oxygen_gap_pct',
    'network_area_min_coverage',
    'event_multiple_decimals'
]) }}
