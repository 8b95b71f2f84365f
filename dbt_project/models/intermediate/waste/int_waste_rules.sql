{#- Rules of waste rates side by side, one row per span in which none changes. -#}
{{ rules_side_by_side(['waste_coverage_valid', 'waste_coverage_indicative', 'waste_rate_decimals']) }}
