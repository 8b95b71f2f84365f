{#-
  Loads and net tonnes by day, area of origin, category and destination. An area without a street code is the
  weighbridge's own. Loads to a transfer station stay in their own rows: they are weighed again at the plant.
-#}
select
    g.day,
    g.area_code,
    {{ area_name('g.area_code', 'a.name_zh') }} as area_name_zh,
    {{ area_level('g.area_code') }} as area_level,
    g.category,
    coalesce(c.name_zh, g.category) as category_zh,
    g.destination,
    coalesce(d.name_zh, g.destination) as destination_zh,
    cast(g.n_valid as bigint) as loads,
    cast(case
        when {{ hours_after('g.day + interval 1 day', 'f.lateness_allowed_hours') }} > {{ as_of() }}
            or g.n_valid >= g.n_expected * rules.waste_coverage_indicative then g.net_t
    end as decimal(24, 6)) as net_t,
    cast(g.n_expected as bigint) as n_expected,
    cast(g.n_valid as bigint) as n_valid,
    cast(g.n_suspect as bigint) as n_suspect,
    {{ coverage('g.n_valid', 'g.n_expected') }} as coverage,
    case
        when {{ hours_after('g.day + interval 1 day', 'f.lateness_allowed_hours') }} > {{ as_of() }} then 'pending'
        when g.n_valid >= g.n_expected * rules.waste_coverage_valid then 'valid'
        when g.n_valid >= g.n_expected * rules.waste_coverage_indicative then 'indicative'
        else 'insufficient'
    end as validity,
    concat_ws(
        ';',
        case
            when {{ hours_after('g.day + interval 1 day', 'f.lateness_allowed_hours') }} > {{ as_of() }}
                then {{ reason('loads_of_day_can_still_arrive') }}
        end,
        case
            when g.n_valid < g.n_expected
                then {{ reason('loads_left_out', 'g.n_expected - g.n_valid', 'g.n_expected') }}
        end
    ) as validity_reason,
    g.provenance
from {{ ref('int_waste_day') }} as g
inner join {{ ref('int_waste_rules') }} as rules on {{ in_force('g.day', 'rules') }}
inner join {{ ref('feed_cadence') }} as f on f.feed = 'waste'
left join {{ ref('stg_area_name') }} as a on g.area_code = a.area_code
left join {{ declared('waste_categories') }} as c on g.category = c.category
left join {{ ref('waste_destinations') }} as d on g.destination = d.destination
