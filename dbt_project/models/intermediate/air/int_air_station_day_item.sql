{#-
  Basis x station x day x item: the concentration of the day where its rule allows one (GB 3095 table 4; HJ 663 for the
  daily maximum 8 h of ozone), with the hours or windows behind it; where suspect readings went in, also the
  concentration without them (sure_concentration; else the same). What was averaged before it was delivered is taken as it
  is where the day has no hours. Basis `published` for all stations; each edition as a
  basis of its own for those that are ever assessed (int_air_edition).
-#}
{{ config(meta={'by_day': {'reads': {'int_air_station_hours': [0, 0], 'int_air_ozone_window': [0, 0]}}}) }}
with compared as (
    select distinct site_id
    from {{ ref('stg_site_register') }}
    where feed = 'air' and kind = 'station' and assessed
),

measured as (
    select
        h.site_id,
        h.day,
        i.item,
        i.averaging,
        i.limit_averaging,
        h.n_hours,
        h.n_received,
        h.largest_value,
        h.value_sum,
        h.n_suspect,
        h.sure_largest_value,
        h.sure_value_sum,
        h.delivered_mean,
        h.delivered_8h,
        h.n_delivered_8h,
        h.provenance_rank,
        e.basis,
        {{ air_rule_day('h.day', 'e') }} as rule_day
    from {{ days_of(ref('int_air_station_hours')) }} as h
    inner join {{ ref('air_items') }} as i on h.parameter = i.pollutant
    inner join {{ ref('int_air_edition') }} as e on {{ in_force('h.day', 'e') }}
    left join compared as c on h.site_id = c.site_id
    where e.basis = 'published' or c.site_id is not null
),

judged as (
    select
        m.*,
        r.air_day_expected_hours,
        r.air_day_min_hours,
        r.air_8h_min_windows,
        r.air_8h_last_window_end - r.air_8h_first_window_end + 1 as n_windows_expected,
        w.n_windows,
        w.largest_window_end,
        case
            when m.averaging = '24h' and m.delivered_mean is not null then m.delivered_mean
            when m.averaging = '8h' and m.n_delivered_8h >= r.air_8h_min_windows then m.delivered_8h
        end as delivered_value,
        case m.averaging
            when '24h' then {{ carried_mean('m.value_sum', 'm.n_hours') }}
            when '8h' then w.largest_mean
            else m.largest_value
        end as measured_value,
        case
            when m.n_suspect = 0 then null
            when m.averaging = '24h' then {{ carried_mean('m.sure_value_sum', '(m.n_hours - m.n_suspect)') }}
            when m.averaging = '8h' then w.sure_largest_mean
            else m.sure_largest_value
        end as sure_value,
        {%- for name, hours, windows, mean in [
            ('is_valid', 'm.n_hours', 'w.n_windows', 'w.largest_mean'),
            ('is_sure', 'm.n_hours - m.n_suspect', 'w.sure_n_windows', 'w.sure_largest_mean')
        ] %}
        case
            when m.limit_averaging = 'daily_max_8h'
                then coalesce({{ windows }} >= r.air_8h_min_windows or {{ mean }} > l.limit_value, false)
            else {{ hours }} >= r.air_day_min_hours
        end as {{ name }}{{ ',' if not loop.last }}
    {%- endfor %}
    from measured as m
    inner join {{ ref('int_air_rules') }} as r on {{ in_force('m.rule_day', 'r') }}
    left join {{ days_of(ref('int_air_ozone_window')) }} as w
        on
            m.averaging = '8h' and m.site_id = w.site_id and m.day = w.day
            and r.air_8h_window_hours = w.air_8h_window_hours and r.air_8h_min_hours = w.air_8h_min_hours
            and r.air_8h_first_window_end = w.air_8h_first_window_end
            and r.air_8h_last_window_end = w.air_8h_last_window_end
    left join {{ ref('gb3095_limits') }} as l
        on
            m.limit_averaging = 'daily_max_8h' and l.averaging = 'daily_max_8h' and l.pollutant = 'o3'
            and r.air_8h_limit_grade = l.grade and {{ in_force('m.rule_day', 'l') }}
)

select
    basis,
    rule_day,
    site_id,
    day,
    item,
    n_hours,
    n_received,
    n_windows,
    case when is_valid and delivered_value is null then cast(largest_window_end as bigint) end as largest_window_end,
    cast(air_day_expected_hours as bigint) as n_expected_hours,
    case when limit_averaging = 'daily_max_8h' then coalesce(n_windows, 0) else n_hours end as n_counted,
    cast(case when limit_averaging = 'daily_max_8h' then n_windows_expected else air_day_expected_hours end as bigint)
        as n_countable,
    cast(case when limit_averaging = 'daily_max_8h' then air_8h_min_windows else air_day_min_hours end as bigint)
        as n_needed,
    n_suspect,
    is_valid or delivered_value is not null as is_valid,
    case
        when delivered_value is not null then delivered_value
        when is_valid then cast(measured_value as decimal(18, 6))
    end as concentration,
    case
        when delivered_value is not null then case when n_suspect = 0 then delivered_value end
        when n_suspect = 0 and is_valid then cast(measured_value as decimal(18, 6))
        when n_suspect > 0 and is_sure then cast(sure_value as decimal(18, 6))
    end as sure_concentration,
    provenance_rank
from judged
