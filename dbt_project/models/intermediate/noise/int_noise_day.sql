{#-
  Point × date: Ld and Ln next to each other with the verdict over each part, the register entry in force and the limits
  of its class. What has not arrived is pending while it can still arrive, insufficient afterwards; what suspect readings
  decide is indicative (suspects.sql; columns that begin with `sure_`). Percentiles need as many hours as levels.
-#}
{{ config(meta={'by_day': {'reads': {'int_noise_period': [0, 0]}, 'open_days': 4}}) }}
{%- set parts = [('day', 'ld'), ('night', 'ln')] %}
{%- set of_burst = [('attainment', 'j.night_burst_attained', 'j.sure_night_burst_attained')] %}
{%- set counts = ['hours_valid', 'hours_received', 'hours_suspect', 'hours_percentiles', 'hours_lmax'] %}
with days as (
    select
        site_id,
        day,
        bool_or(has_hours) as has_hours,
        {%- for part, level in parts %}
            {%- for sure in ['', 'sure_'] %}
                max(case when part = '{{ part }}' then {{ sure }}level_db end) as {{ sure }}{{ level }}_carried_db,
                max(case when part = '{{ part }}' then {{ sure }}lmax_db end) as {{ sure }}lmax_{{ part }}_db,
            {%- endfor %}
            {%- for n in counts %}
                coalesce(sum(case when part = '{{ part }}' then {{ n }} end), 0) as {{ part }}_{{ n }},
            {%- endfor %}
            coalesce(sum(case when part = '{{ part }}' then sure_hours_valid end), 0) as sure_{{ part }}_hours_valid,
            {%- for level in ['l10', 'l50', 'l90'] %}
                max(case when part = '{{ part }}' then {{ level }}_db end) as {{ level }}_{{ part }}_carried_db,
            {%- endfor %}
        {%- endfor %}
        sum(hours_weather) as hours_weather,
        sum(hours_short) as hours_short,
        {{ provenance_of_rank('min(provenance_rank)') }} as provenance
    from {{ days_of(ref('int_noise_period')) }}
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

counted as (
    select
        {%- for part, level in parts %}
            {%- for sure in ['', 'sure_'] %}
                {{ validity(
                    sure ~ part ~ '_hours_valid', 'noise_' ~ part ~ '_min_hours',
                    still_arriving(
                        part ~ '_end', part ~ '_hours_received', part ~ '_hours', 'lateness_allowed_hours'
                    )
                ) }} as {{ sure }}{{ part }}_counted,
            {%- endfor %}
        {%- endfor %}
        *
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
    from counted as j
    inner join {{ ref('stg_site_register') }} as s
        on j.site_id = s.site_id and s.feed = 'noise' and {{ in_force('j.day', 's') }}
),

joined as (
    select
        j.*,
        coalesce(s.name_zh, j.site_id) as site_name_zh,
        s.area_code,
        s.noise_class,
        coalesce(s.assessed, false) as assessed,
        s.unit_to_notify,
        {%- for part, level in parts %}
            {{ level }}.limit_db as {{ part }}_limit_db,
            {{ level }}.standard as {{ part }}_limit_standard,
            {{ level }}.clause as {{ part }}_limit_clause,
            {%- for sure in ['', 'sure_'] %}
                case
                    when j.{{ sure }}{{ part }}_counted = 'valid'
                        then {{ round_even_by('j.' ~ sure ~ level ~ '_carried_db', 'j.noise_level_decimals') }}
                end as {{ sure }}{{ level }}_db,
            {%- endfor %}
        {%- endfor %}
        ln.limit_db + ln.night_burst_allowance_db as night_burst_limit_db
    from counted as j
    left join register as s on j.site_id = s.site_id and j.day = s.day and s.nth = 1
    {%- for part, level in parts %}
        left join {{ ref('gb3096_limits') }} as {{ level }}
            on
                s.noise_class = {{ level }}.noise_class and {{ level }}.period = '{{ part }}'
                and {{ in_force('j.day', level) }}
    {%- endfor %}
),

compared as (
    select
        {%- for sure in ['', 'sure_'] %}
            {{ sure }}ld_db <= day_limit_db as {{ sure }}day_attained,
            {{ sure }}ln_db <= night_limit_db as {{ sure }}night_attained,
            {{ sure }}lmax_night_db <= night_burst_limit_db as {{ sure }}night_burst_attained,
        {%- endfor %}
        *
    from joined
),

judged as (
    select
        {%- for part, level in parts %}
            {%- set sides = [
                ('attainment', part ~ '_attained', 'sure_' ~ part ~ '_attained'),
                ('validity', part ~ '_counted', 'sure_' ~ part ~ '_counted')
            ] %}
            {{ validity_without_suspects(part ~ '_counted', sides) }} as {{ part }}_validity,
            case {{ part }}_counted
                when 'valid' then coalesce({{ suspects_decide_reason(part ~ '_hours_suspect', 'hours', sides) }}, '')
                when 'pending' then {{ reason('hours_can_still_arrive', part ~ '_hours_valid') }}
                else
                    {{ reason(
                        'too_few_hours',
                        part ~ '_hours_valid', part ~ '_hours', 'cast(noise_' ~ part ~ '_min_hours as integer)'
                    ) }}
            end as {{ part }}_reason,
        {%- endfor %}
        *
    from compared
)

select
    j.*,
    {%- for part, level in parts %}
        case
            when j.{{ part }}_counted <> 'valid' then j.{{ part }}_counted
            when j.{{ part }}_hours_percentiles < j.noise_{{ part }}_min_hours then 'insufficient'
            else j.{{ part }}_validity
        end as {{ part }}_percentiles_validity,
        case
            when j.{{ part }}_counted = 'valid' and j.{{ part }}_hours_percentiles < j.noise_{{ part }}_min_hours
                then {{ reason(
                    'too_few_hours_with_percentiles',
                    'j.' ~ part ~ '_hours_percentiles', 'cast(j.noise_' ~ part ~ '_min_hours as integer)'
                ) }}
            else j.{{ part }}_reason
        end as {{ part }}_percentiles_reason,
        {%- for level in ['l10', 'l50', 'l90'] %}
            case
                when j.{{ part }}_counted = 'valid' and j.{{ part }}_hours_percentiles >= j.noise_{{ part }}_min_hours
                    then {{ round_even_by('j.' ~ level ~ '_' ~ part ~ '_carried_db', 'j.noise_level_decimals') }}
            end as {{ level }}_{{ part }}_db,
        {%- endfor %}
    {%- endfor %}
    case
        -- One event above its limit is enough to miss it; that none was needs the hours of the night.
        when j.night_burst_attained is null then 'insufficient'
        when j.night_burst_attained and j.night_counted = 'pending' then 'pending'
        when j.night_burst_attained and j.night_hours_lmax < j.noise_night_min_hours then 'insufficient'
        when {{ suspects_decide(of_burst) }} then 'indicative'
        else 'valid'
    end as night_burst_validity,
    case
        when j.night_burst_limit_db is null then {{ reason('no_limit_of_single_events') }}
        when j.lmax_night_db is null then {{ reason('maximum_of_night_unknown') }}
        when j.night_burst_attained and j.night_counted = 'pending' then {{ reason('hours_of_night_can_still_arrive') }}
        when j.night_burst_attained and j.night_hours_lmax < j.noise_night_min_hours
            then {{ reason(
                'too_few_hours_with_maximum', 'j.night_hours_lmax', 'cast(j.noise_night_min_hours as integer)'
            ) }}
        when {{ suspects_decide(of_burst) }} then {{ reason('suspect_maximum_decides') }}
        else ''
    end as night_burst_reason,
    case
        when j.day_counted = 'valid' and j.night_counted = 'valid'
            then {{ round_even_by(day_night_level(), 'j.noise_level_decimals') }}
    end as ldn_db
from judged as j
