{#- Rules of waste rates, weighbridges and hints side by side, one row per span in which none changes. -#}
{{ rules_side_by_side([
    'waste_coverage_valid',
    'waste_coverage_indicative',
    'waste_closed_days',
    'waste_rate_decimals',
    'waste_base_year',
    'waste_resource_k_incineration',
    'waste_resource_k_kitchen',
    'waste_resource_k_landfill',
    'waste_tare_deviation_pct',
    'waste_tare_min_loads',
    'waste_plate_gap_minutes',
    'waste_stay_min_minutes',
    'waste_stay_max_hours',
    'waste_usual_weeks',
    'waste_usual_min_days',
    'waste_usual_deviation_pct',
    'waste_inconsistent_pct',
    'waste_inconsistent_min_loads'
]) }}
