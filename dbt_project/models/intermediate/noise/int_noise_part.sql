{#-
  Point × date × part of the day: the level with its verdict beside the limit of the point's class on that date. What is
  counted over months, classes and events reads this; the wide table by date is mart_noise_site_daily.
-#}
with parts as (
    {%- for part, level, metric in [('day', 'ld', 'Ld'), ('night', 'ln', 'Ln')] %}
        select
            site_id,
            site_name_zh,
            area_code,
            noise_class,
            assessed,
            unit_to_notify,
            day,
            '{{ part }}' as part,
            '{{ metric }}' as metric,
            {{ hours_after('day_end', '-day_hours') if part == 'day' else 'day_end' }} as part_start,
            {{ part }}_end as part_end,
            {{ part }}_validity as validity,
            case when {{ part }}_validity = 'valid' then {{ level }}_carried_db end as level_carried_db,
            {{ level }}_db as level_db,
            lmax_{{ part }}_db as lmax_db,
            l10_{{ part }}_db as l10_db,
            l50_{{ part }}_db as l50_db,
            l90_{{ part }}_db as l90_db,
            {{ part }}_hours_valid as hours_valid,
            provenance
        from {{ ref('int_noise_day') }}
        {% if not loop.last %}union all{% endif %}
    {%- endfor %}
)

select
    p.*,
    l.limit_db,
    l.limit_db + l.night_burst_allowance_db as burst_limit_db,
    p.level_db <= l.limit_db as is_attained,
    l.standard,
    l.clause
from parts as p
left join {{ ref('gb3096_limits') }} as l
    on p.noise_class = l.noise_class and p.part = l.period and {{ in_force('p.day', 'l') }}
