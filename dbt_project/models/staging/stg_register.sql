{#- Declared registers of cases and lists. -#}
select
    register_id,
    name_zh,
    name_en,
    kind,
    entity,
    entity_zh,
    owner,
    cadence,
    lateness_allowed_hours,
    is_snapshot,
    absence,
    on_time_days,
    area_level,
    amount_unit,
    amount_zh,
    answers,
    declared_by
from {{ source('clean', 'declared_register') }}
