{#-
  Station x day x set of window rules (the editions share one today): the largest valid 8 h mean of ozone among the windows
  that end inside the natural day, and where the first such window ends. A window counts the hours that are there,
  whichever are missing: the hour it is named after may be one of them. The same without suspect readings (sure_…).
-#}
{{ config(meta={'by_day': {'reads': {'stg_air': [0, 0]}}}) }}
with hours as (
    select {{ each_hour_label() }} as hour_label
),

settings as (
    select distinct
        air_8h_window_hours,
        air_8h_min_hours,
        air_8h_first_window_end,
        air_8h_last_window_end
    from {{ ref('int_air_rules') }}
    where air_8h_window_hours is not null
),

windows as (
    select
        s.*,
        e.hour_label as window_end,
        h.hour_label
    from settings as s
    inner join hours as e on s.air_8h_first_window_end <= e.hour_label and s.air_8h_last_window_end >= e.hour_label
    inner join hours as h on e.hour_label >= h.hour_label and e.hour_label - s.air_8h_window_hours < h.hour_label
),

means as (
    select
        a.site_id,
        a.day,
        w.air_8h_window_hours,
        w.air_8h_min_hours,
        w.air_8h_first_window_end,
        w.air_8h_last_window_end,
        w.window_end,
        count(*) as n_hours,
        sum(a.value) as value_sum,
        count(case when a.is_suspect then a.value end) as n_suspect,
        sum(case when a.is_suspect then 0 else a.value end) as sure_value_sum
    from {{ days_of(ref('stg_air')) }} as a
    inner join windows as w on a.hour_label = w.hour_label
    where a.parameter = 'o3' and a.is_usable and a.value is not null
    group by
        a.site_id, a.day, w.air_8h_window_hours, w.air_8h_min_hours, w.air_8h_first_window_end,
        w.air_8h_last_window_end, w.window_end
),

valid_windows as (
    select
        *,
        {{ carried_mean('value_sum', 'n_hours') }} as mean_value,
        case
            when n_suspect > 0 and n_hours - n_suspect >= air_8h_min_hours
                then {{ carried_mean('sure_value_sum', '(n_hours - n_suspect)') }}
        end as mean_without_suspects
    from means
    where n_hours >= air_8h_min_hours
),

ranked as (
    select
        *,
        case when n_suspect = 0 then mean_value else mean_without_suspects end as sure_mean_value,
        row_number() over (
            partition by
                site_id, day, air_8h_window_hours, air_8h_min_hours, air_8h_first_window_end, air_8h_last_window_end
            order by mean_value desc, window_end asc
        ) as place_in_day
    from valid_windows
)

select
    site_id,
    day,
    air_8h_window_hours,
    air_8h_min_hours,
    air_8h_first_window_end,
    air_8h_last_window_end,
    count(*) as n_windows,
    max(mean_value) as largest_mean,
    count(sure_mean_value) as sure_n_windows,
    max(sure_mean_value) as sure_largest_mean,
    max(case when place_in_day = 1 then window_end end) as largest_window_end
from ranked
group by site_id, day, air_8h_window_hours, air_8h_min_hours, air_8h_first_window_end, air_8h_last_window_end
