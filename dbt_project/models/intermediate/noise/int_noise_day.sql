{#-
  Point × date: Ld and Ln beside each other with the verdict over each part, and the register entry in force. What has
  not arrived is pending while it can still arrive, insufficient afterwards. Percentiles need as many hours as levels.
-#}
with days as (
    select
        site_id,
        day,
        bool_or(has_hours) as has_hours,
        max(case when part = 'day' then level_db end) as ld_carried_db,
        max(case when part = 'night' then level_db end) as ln_carried_db,
        {%- for part in ['day', 'night'] %}
            max(case when part = '{{ part }}' then lmax_db end) as lmax_{{ part }}_db,
            coalesce(sum(case when part = '{{ part }}' then hours_percentiles end), 0) as {{ part }}_hours_percentiles,
            {%- for level in ['l10', 'l50', 'l90'] %}
                max(case when part = '{{ part }}' then {{ level }}_db end) as {{ level }}_{{ part }}_carried_db,
            {%- endfor %}
        {%- endfor %}
        coalesce(sum(case when part = 'day' then hours_valid end), 0) as day_hours_valid,
        coalesce(sum(case when part = 'night' then hours_valid end), 0) as night_hours_valid,
        coalesce(sum(case when part = 'day' then hours_received end), 0) as day_hours_received,
        coalesce(sum(case when part = 'night' then hours_received end), 0) as night_hours_received,
        sum(hours_weather) as hours_weather,
        sum(hours_short) as hours_short,
        {{ provenance_of_rank('min(provenance_rank)') }} as provenance
    from {{ ref('int_noise_period') }}
    group by site_id, day
),

expected as (
    select
        d.*,
        r.noise_day_min_hours,
        r.noise_night_min_hours,
        r.noise_night_penalty_db,
        r.noise_level_decimals,
        cast(r.noise_night_start_hour - r.noise_day_start_hour as bigint) as day_hours,
        cast({{ hours_per_day() }} - r.noise_night_start_hour + r.noise_day_start_hour as bigint) as night_hours,
        {{ hours_after('d.day', 'cast(r.noise_night_start_hour as integer)') }} as day_end,
        {{ hours_after('d.day + interval 1 day', 'cast(r.noise_day_start_hour as integer)') }} as night_end,
        f.lateness_allowed_hours
    from days as d
    inner join {{ ref('int_noise_rules') }} as r on {{ in_force('d.day', 'r') }}
    inner join {{ ref('feed_cadence') }} as f on f.feed = 'noise'
),

judged as (
    select
        *,
        {{ validity(
            'day_hours_valid', 'noise_day_min_hours', still_arriving('day_end', 'day_hours_received', 'day_hours')
        ) }} as day_validity,
        {{ validity(
            'night_hours_valid', 'noise_night_min_hours', still_arriving('night_end', 'night_hours_received', 'night_hours')
        ) }} as night_validity
    from expected
),

register as (
    select
        j.site_id,
        j.day,
        s.name_zh,
        s.area_code,
        s.noise_class,
        s.assessed,
        s.unit_to_notify,
        row_number() over (partition by j.site_id, j.day order by s.valid_from desc) as nth
    from judged as j
    inner join {{ ref('stg_site_register') }} as s
        on j.site_id = s.site_id and s.feed = 'noise' and {{ in_force('j.day', 's') }}
)

select
    j.*,
    coalesce(s.name_zh, j.site_id) as site_name_zh,
    s.area_code,
    s.noise_class,
    coalesce(s.assessed, false) as assessed,
    s.unit_to_notify,
    case
        when j.day_validity = 'valid' then {{ round_even_by('j.ld_carried_db', 'j.noise_level_decimals') }}
    end as ld_db,
    case
        when j.night_validity = 'valid' then {{ round_even_by('j.ln_carried_db', 'j.noise_level_decimals') }}
    end as ln_db,
    {%- for part in ['day', 'night'] %}
        {%- for level in ['l10', 'l50', 'l90'] %}
            case
                when j.{{ part }}_validity = 'valid' and j.{{ part }}_hours_percentiles >= j.noise_{{ part }}_min_hours
                    then {{ round_even_by('j.' ~ level ~ '_' ~ part ~ '_carried_db', 'j.noise_level_decimals') }}
            end as {{ level }}_{{ part }}_db,
        {%- endfor %}
    {%- endfor %}
    case
        when j.day_validity = 'valid' and j.night_validity = 'valid'
            then {{ round_even_by(day_night_level(), 'j.noise_level_decimals') }}
    end as ldn_db
from judged as j
left join register as s on j.site_id = s.site_id and j.day = s.day and s.nth = 1
