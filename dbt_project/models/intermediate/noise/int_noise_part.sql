{#-
  Point × date × part of the day: the level with its verdict next to the limit of the point's class on that date. What is
  counted over months, classes and events reads this; the wide table by date is mart_noise_site_daily. Columns that begin
  with `sure_` say the same without suspect readings (suspects.sql).
-#}
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
        {{ part }}_reason as validity_reason,
        case when {{ part }}_counted = 'valid' then {{ level }}_carried_db end as level_carried_db,
        case when sure_{{ part }}_counted = 'valid' then sure_{{ level }}_carried_db end as sure_level_carried_db,
        {{ level }}_db as level_db,
        lmax_{{ part }}_db as lmax_db,
        l10_{{ part }}_db as l10_db,
        l50_{{ part }}_db as l50_db,
        l90_{{ part }}_db as l90_db,
        {{ part }}_hours_valid as hours_valid,
        {{ part }}_hours_suspect as hours_suspect,
        {{ part }}_limit_db as limit_db,
        {{ 'night_burst_limit_db' if part == 'night' else 'cast(null as decimal(18, 6))' }} as burst_limit_db,
        {{ part }}_attained as is_attained,
        sure_{{ part }}_attained as sure_is_attained,
        {{ part }}_limit_standard as standard,
        {{ part }}_limit_clause as clause,
        provenance
    from {{ ref('int_noise_day') }}
    {% if not loop.last %}union all{% endif %}
{%- endfor %}
