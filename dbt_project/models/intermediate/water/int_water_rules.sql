{#- Rules of water statistics side by side, one row per span of days in which none of them changes. -#}
{{ rules_side_by_side([
    'water_nondetect_factor',
    'water_ph_mean_by_hydrogen',
    'water_do_saturation_class_i',
    'water_realtime_rounded',
    'water_statistics_rounded',
    'water_month_min_values',
    'water_year_expected_months',
    'water_year_min_months',
    'water_exceedance_class_rank',
    'water_share_decimals',
    'water_multiple_decimals',
    'water_main_pollutants',
    'water_river_share_sections'
]) }}
