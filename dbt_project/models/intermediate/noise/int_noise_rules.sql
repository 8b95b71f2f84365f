{#- Rules of noise statistics side by side, one row per span of days in which none of them changes. -#}
{{ rules_side_by_side([
    'noise_day_start_hour',
    'noise_night_start_hour',
    'noise_night_penalty_db',
    'noise_hour_min_minutes',
    'noise_day_min_hours',
    'noise_night_min_hours',
    'noise_max_wind',
    'noise_max_rain',
    'noise_loud_hour_margin_db',
    'noise_level_decimals',
    'noise_share_decimals',
    'noise_area_by_day',
    'noise_period_coverage_valid',
    'noise_period_coverage_indicative',
    'noise_region_min_points'
]) }}
