{#-
  Section x moment x item of automatic stations: the usable value as received (no halving; rounded only if the rule of
  the real-time product says so), and the class the source published with it. A reading that only the source's own status
  mark fails counts here where the source publishes a class with it all the same: the two are then of the same reading.
-#}
{{ config(meta={'by_day': {'reads': {'stg_water': [0, 0]}}}) }}
select
    w.site_id,
    w.period_start,
    w.period_start_utc,
    w.day,
    w.parameter,
    i.in_realtime_class,
    s.water_type,
    s.name_zh as site_name_zh,
    s.name_en as site_name_en,
    s.river_zh,
    s.network,
    s.area_code,
    s.assessed,
    w.published_class,
    not w.is_usable as is_marked_invalid,
    coalesce(w.is_usable and w.is_suspect, false) as is_suspect,
    case
        when r.water_realtime_rounded = 1
            then {{ round_even_keeping_digit('w.value', 'i.assessment_decimals') }}
        else cast(w.value as decimal(18, 6))
    end as assessed_value,
    {{ provenance_rank('w.provenance') }} as provenance_rank
from {{ days_of(ref('stg_water')) }} as w
inner join {{ ref('water_items') }} as i on w.parameter = i.parameter and {{ in_force('w.day', 'i') }}
inner join {{ ref('int_water_rules') }} as r on {{ in_force('w.day', 'r') }}
left join {{ ref('stg_site_register') }} as s
    on w.site_id = s.site_id and s.feed = 'water' and {{ in_force('w.day', 's') }}
where
    w.method = 'automatic' and w.value is not null
    and (
        w.is_usable
        -- Of the tests that can be next to the mark only the gross range may fail a reading as well.
        or (
            concat(',', w.flag_tests, ',') like '%,source_status,%'
            and concat(',', w.flag_tests, ',') not like '%,gross_range,%'
            and w.published_class is not null
        )
    )
