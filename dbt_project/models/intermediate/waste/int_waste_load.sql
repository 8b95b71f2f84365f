{#-
  Load of household waste, weighed where its tonnes count, with what its ticket says against the rules of a weighbridge:
  tare against the median of the vehicle's year, time since the vehicle was weighed in before, stay, change of category. A
  rule whose fields the source lacks is not judged (null). Findings never leave a load out of a total: only its flag does.
  Not here: net = gross - tare, which cleaning holds (mismatches are quarantined).
-#}
with loads as (
    select
        w.*,
        cast(date_trunc('year', w.day) as date) as year_start
    from {{ ref('int_waste_ticket') }} as w
    where w.is_load and w.is_household
),

medians as (
    select
        plate,
        year_start,
        count(tare_kg) as n_tares,
        {{ middle_value('tare_kg') }} as median_tare_kg
    from loads
    where plate is not null and tare_kg is not null
    group by plate, year_start
),

sequenced as (
    select
        *,
        lag(weighed_in) over trips as previous_in,
        case when lag(day) over trips = day then lag(category) over trips end as previous_category
    from loads
    window trips as (partition by plate order by weighed_in, site_id, ticket_no, occurrence_no)
)

select
    s.site_id,
    s.day,
    s.weighed_in,
    s.street_code,
    s.category,
    s.destination,
    s.net_t,
    s.flag,
    s.is_usable,
    s.provenance,
    case
        when m.n_tares >= r.waste_tare_min_loads and s.tare_kg is not null
            then abs(s.tare_kg - m.median_tare_kg) * 100 > m.median_tare_kg * r.waste_tare_deviation_pct
    end as tare_deviates,
    case
        when s.plate is not null
            then coalesce(s.weighed_in < {{ minutes_after('s.previous_in', 'r.waste_plate_gap_minutes') }}, false)
    end as follows_too_soon,
    case
        when s.weighed_out > s.weighed_in
            then
                s.weighed_out < {{ minutes_after('s.weighed_in', 'r.waste_stay_min_minutes') }}
                or s.weighed_out > {{ hours_after('s.weighed_in', 'cast(r.waste_stay_max_hours as integer)') }}
    end as stay_is_outside,
    case
        when s.plate is not null then coalesce(s.category <> s.previous_category, false)
    end as changes_category
from sequenced as s
inner join {{ ref('int_waste_rules') }} as r on {{ in_force('s.day', 'r') }}
left join medians as m on s.plate = m.plate and s.year_start = m.year_start
