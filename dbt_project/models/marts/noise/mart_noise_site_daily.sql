{#-
  Point × date: Ld, Ln, Ldn, percentiles, attainment of the functional area's limits, and what is behind them. Limits
  apply to Ld and Ln, never to an hour. Each value has its own validity; that of the row is Ldn's. Percentiles of a part
  are the arithmetic mean of those of its hours: what stations report; the text of HJ 640-2012 was not at hand, certainty
  low.
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
    cast(d.day_limit_db as decimal(6, 2)) as day_limit_db,
    cast(d.night_limit_db as decimal(6, 2)) as night_limit_db,
    cast(d.night_burst_limit_db as decimal(6, 2)) as night_burst_limit_db,
    d.day_attained,
    d.night_attained,
    case when d.night_burst_validity in ('valid', 'indicative') then d.night_burst_attained end as night_burst_attained,
    case
        when d.noise_class is null then {{ reason('site_without_noise_class') }}
        when d.day_limit_db is null or d.night_limit_db is null then {{ reason('no_limit_for_class_on_day') }}
        when d.ld_db is null or d.ln_db is null then {{ reason('part_of_day_without_level') }}
        else ''
    end as attainment_reason,
    cast(d.day_hours_received as bigint) as day_hours_received,
    cast(d.night_hours_received as bigint) as night_hours_received,
    cast(d.day_hours_valid as bigint) as day_hours_valid,
    cast(d.night_hours_valid as bigint) as night_hours_valid,
    cast(d.day_hours_suspect as bigint) as day_hours_suspect,
    cast(d.night_hours_suspect as bigint) as night_hours_suspect,
    cast(d.hours_weather as bigint) as hours_weather,
    cast(d.hours_short as bigint) as hours_short,
    d.day_validity,
    d.day_reason,
    d.night_validity,
    d.night_reason,
    d.day_percentiles_validity,
    d.day_percentiles_reason,
    d.night_percentiles_validity,
    d.night_percentiles_reason,
    d.night_burst_validity,
    d.night_burst_reason,
    cast(d.day_hours + d.night_hours as bigint) as n_expected,
    cast(d.day_hours_valid + d.night_hours_valid as bigint) as n_valid,
    cast(d.day_hours_suspect + d.night_hours_suspect as bigint) as n_suspect,
    {{ coverage('d.day_hours_valid + d.night_hours_valid', 'd.day_hours + d.night_hours') }} as coverage,
    case
        {%- for word in ['pending', 'insufficient', 'indicative'] %}
            when d.day_validity = '{{ word }}' or d.night_validity = '{{ word }}' then '{{ word }}'
        {%- endfor %}
        else 'valid'
    end as validity,
    concat_ws(
        ';',
        {%- for part in ['day', 'night'] %}
            case
                when d.{{ part }}_validity <> 'valid'
                    then concat_ws(
                            ';',
                            {{ reason(
                                'part_of_day_is', '@' ~ part, {'words': "concat('@', d." ~ part ~ "_validity)"}
                            ) }},
                            d.{{ part }}_reason
                        )
            end{{ ',' if not loop.last }}
        {%- endfor %}
    ) as validity_reason,
    coalesce(d.day_limit_standard, e.standard) as standard,
    coalesce(d.day_limit_clause, e.clause) as clause,
    d.provenance
from {{ ref('int_noise_day') }} as d
left join {{ ref('stg_area_name') }} as a on d.area_code = a.area_code
left join {{ ref('int_rules') }} as e on e.rule_id = 'noise_night_penalty_db' and {{ in_force('d.day', 'e') }}
