{#- Rules by which the plan is judged side by side, one row per span of days in which none of them changes. -#}
{{ rules_side_by_side([
    'plan_first_year',
    'plan_finding_attained',
    'plan_progress_complete',
    'plan_progress_decimals',
    'plan_pace_decimals',
    'plan_projection_decimals',
    'plan_projection_level',
    'plan_projection_min_years',
    'plan_projection_window_years'
]) }}
