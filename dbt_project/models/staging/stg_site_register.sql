{#- The dated site register: one row per feed, site and entry. Models join it on the day of the observation. -#}
select
    feed,
    site_id,
    name_zh,
    name_en,
    kind,
    network,
    area_code,
    river_zh,
    water_type,
    cast(reach_length_km as decimal(18, 6)) as reach_length_km,
    class_target,
    noise_class,
    assessed,
    cast(road_length_km as decimal(18, 6)) as road_length_km,
    cast(register_capacity as decimal(18, 6)) as register_capacity,
    unit_to_notify,
    lon,
    lat,
    valid_from,
    valid_to,
    provenance
from {{ source('clean', 'site_register') }}
