{#-
  Point × date: Ld, Ln, Ldn, percentiles, attainment of the functional area's limits, and what stands behind them. Limits
  apply to Ld and Ln, never to an hour. Percentiles of a part are the arithmetic mean of those of its hours: what
  stations report; the text of HJ 640-2012 was not at hand, certainty low.
-#}
select
    d.day,
    d.site_id,
    d.site_name_zh,
    d.area_code,
    {{ area_name('d.area_code', 'a.name_zh') }} as area_name_zh,
    d.noise_class,
    d.assessed,
    case when d.has_hours then 'hourly' else 'as_delivered' end as method,
    cast(d.ld_db as decimal(6, 2)) as ld_db,
    cast(d.ln_db as decimal(6, 2)) as ln_db,
    cast(d.ldn_db as decimal(6, 2)) as ldn_db,
    {%- for part in ['day', 'night'] %}
        {%- for level in ['l10', 'l50', 'l90'] %}
            cast(d.{{ level }}_{{ part }}_db as decimal(6, 2)) as {{ level }}_{{ part }}_db,
        {%- endfor %}
    {%- endfor %}
    cast(d.lmax_day_db as decimal(6, 2)) as lmax_day_db,
    cast(d.lmax_night_db as decimal(6, 2)) as lmax_night_db,
    cast(ld.limit_db as decimal(6, 2)) as day_limit_db,
    cast(ln.limit_db as decimal(6, 2)) as night_limit_db,
    cast(ln.limit_db + ln.night_burst_allowance_db as decimal(6, 2)) as night_burst_limit_db,
    d.ld_db <= ld.limit_db as day_attained,
    d.ln_db <= ln.limit_db as night_attained,
    d.lmax_night_db <= ln.limit_db + ln.night_burst_allowance_db as night_burst_attained,
    case
        when d.noise_class is null then 'site attribute missing: noise_class'
        when ld.limit_db is null or ln.limit_db is null then 'no limit in force for this class on this day'
        when d.ld_db is null or d.ln_db is null then 'a part of the day has no valid level'
        else ''
    end as attainment_reason,
    cast(d.day_hours_received as bigint) as day_hours_received,
    cast(d.night_hours_received as bigint) as night_hours_received,
    cast(d.day_hours_valid as bigint) as day_hours_valid,
    cast(d.night_hours_valid as bigint) as night_hours_valid,
    cast(d.hours_weather as bigint) as hours_weather,
    cast(d.hours_short as bigint) as hours_short,
    d.day_validity,
    d.night_validity,
    cast(d.day_hours + d.night_hours as bigint) as n_expected,
    cast(d.day_hours_valid + d.night_hours_valid as bigint) as n_valid,
    {{ coverage('d.day_hours_valid + d.night_hours_valid', 'd.day_hours + d.night_hours') }} as coverage,
    case
        when d.day_validity = 'pending' or d.night_validity = 'pending' then 'pending'
        when d.day_validity = 'valid' and d.night_validity = 'valid' then 'valid'
        else 'insufficient'
    end as validity,
    concat_ws(
        '; ',
        case
            when d.day_validity <> 'valid'
                then concat('day ', d.day_validity, ': ', d.day_hours_valid, ' valid hours')
        end,
        case
            when d.night_validity <> 'valid'
                then concat('night ', d.night_validity, ': ', d.night_hours_valid, ' valid hours')
        end
    ) as validity_reason,
    coalesce(ld.standard, e.standard) as standard,
    coalesce(ld.clause, e.clause) as clause,
    d.provenance
from {{ ref('int_noise_day') }} as d
left join {{ ref('district_areas') }} as a on d.area_code = a.area_code
left join {{ ref('gb3096_limits') }} as ld
    on d.noise_class = ld.noise_class and ld.metric = 'Ld' and {{ in_force('d.day', 'ld') }}
left join {{ ref('gb3096_limits') }} as ln
    on d.noise_class = ln.noise_class and ln.metric = 'Ln' and {{ in_force('d.day', 'ln') }}
left join {{ ref('int_rules') }} as e on e.rule_id = 'noise_night_penalty_db' and {{ in_force('d.day', 'e') }}
