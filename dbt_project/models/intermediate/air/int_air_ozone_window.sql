{#-
  Station x day: the largest valid 8 h mean of ozone among the windows that end inside the natural day. A window counts
  the hours that are there, whichever are missing: the hour it is named after may be one of them.
-#}
with hours as (
    select {{ each_hour_label() }} as hour_label
),

windows as (
    select
        r.valid_from,
        r.valid_to,
        r.air_8h_min_hours,
        e.hour_label as window_end,
        h.hour_label
    from {{ ref('int_air_rules') }} as r
    inner join hours as e on r.air_8h_first_window_end <= e.hour_label and r.air_8h_last_window_end >= e.hour_label
    inner join hours as h on e.hour_label >= h.hour_label and e.hour_label - r.air_8h_window_hours < h.hour_label
),

means as (
    select
        a.site_id,
        a.day,
        w.window_end,
        count(*) as n_hours,
        max(w.air_8h_min_hours) as min_hours,
        sum(a.value) as value_sum
    from {{ ref('stg_air') }} as a
    inner join windows as w on a.hour_label = w.hour_label and {{ in_force('a.day', 'w') }}
    where a.parameter = 'o3' and a.is_usable and a.value is not null
    group by a.site_id, a.day, w.window_end
),

valid_windows as (
    select
        site_id,
        day,
        window_end,
        {{ carried_mean('value_sum', 'n_hours') }} as mean_value
    from means
    where n_hours >= min_hours
)

select
    site_id,
    day,
    count(*) as n_windows,
    max(mean_value) as largest_mean
from valid_windows
group by site_id, day
