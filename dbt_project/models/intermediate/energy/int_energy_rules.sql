{#- Rules of energy totals side by side, one row per span in which none changes. -#}
{{ rules_side_by_side([
    'energy_coverage_valid',
    'energy_coverage_indicative',
    'energy_total_decimals',
    'energy_kg_per_t',
    'energy_t_per_10kt',
    'energy_register_turn_share',
    'energy_hint_complete_share',
    'energy_hint_lookback_days',
    'energy_hint_days_needed',
    'energy_hint_day_deviation',
    'energy_hint_month_deviation'
]) }}
