{#-
  Station x day x item: the concentration of the day where its rule allows one (GB 3095 table 4; HJ 663 for the daily
  maximum 8 h of ozone), with the hours or windows behind it.
-#}
with measured as (
    select
        h.site_id,
        h.day,
        i.item,
        i.limit_averaging,
        h.n_hours,
        h.n_received,
        h.provenance_rank,
        w.n_windows,
        case i.averaging
            when '24h' then {{ carried_mean('h.value_sum', 'h.n_hours') }}
            when '8h' then w.largest_mean
            else h.largest_value
        end as measured_value
    from {{ ref('int_air_station_hours') }} as h
    inner join {{ ref('air_items') }} as i on h.parameter = i.pollutant
    left join {{ ref('int_air_ozone_window') }} as w
        on i.averaging = '8h' and h.site_id = w.site_id and h.day = w.day
),

judged as (
    select
        m.*,
        r.air_day_expected_hours,
        case
            when m.limit_averaging = 'daily_max_8h'
                then coalesce(m.n_windows >= r.air_8h_min_windows or m.measured_value > l.limit_value, false)
            else m.n_hours >= r.air_day_min_hours
        end as is_valid
    from measured as m
    inner join {{ ref('int_air_rules') }} as r on {{ in_force('m.day', 'r') }}
    left join {{ ref('gb3095_limits') }} as l
        on
            m.limit_averaging = 'daily_max_8h' and l.averaging = 'daily_max_8h' and l.pollutant = 'o3'
            and r.air_8h_limit_grade = l.grade and {{ in_force('m.day', 'l') }}
)

select
    site_id,
    day,
    item,
    n_hours,
    n_received,
    n_windows,
    cast(air_day_expected_hours as bigint) as n_expected_hours,
    is_valid,
    case when is_valid then cast(measured_value as decimal(18, 6)) end as concentration,
    provenance_rank
from judged
