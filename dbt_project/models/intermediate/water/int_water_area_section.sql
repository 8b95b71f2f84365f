{#-
  Area x section x period: which registered sections a river, a subdistrict and the district have, with the class that
  counts towards the area. A period that is not over has none yet. Not here: shares and grades (mart_water_area_period).
-#}
with sections as (
    select
        s.*,
        case when c.validity in ('valid', 'indicative') then c.class_rank end as class_rank,
        c.water_class,
        c.attains_target,
        c.validity,
        c.n_suspect,
        coalesce(c.provenance_rank, {{ provenance_rank('s.provenance') }}) as provenance_rank
    from {{ ref('int_water_section_period') }} as s
    left join {{ ref('int_water_section_class') }} as c
        on s.period_kind = c.period_kind and s.period_start = c.period_start and s.site_id = c.site_id
    where s.is_registered
),

members as (
    {%- for place_kind, place_id, belongs in [
        ('river', 's.river_zh', 's.river_zh is not null'),
        ('subdistrict', 's.area_code', is_subdistrict('s.area_code')),
        ('district', "'" ~ sql_text('area_code') ~ "'", 'true')
    ] %}
        select
            '{{ place_kind }}' as place_kind,
            {{ place_id }} as place_id,
            s.period_kind,
            s.period_start,
            s.period_end,
            s.is_pending,
            s.site_id,
            s.network,
            s.water_type,
            s.reach_length_km,
            s.class_target,
            s.assessed and s.kind = 'section' as assessed,
            s.class_rank,
            case when s.class_rank is not null then s.water_class end as water_class,
            case when s.class_rank is not null then s.attains_target end as attains_target,
            s.validity,
            case when s.class_rank is not null then s.n_suspect end as n_suspect,
            s.provenance_rank
        from sections as s
        where {{ belongs }}
        {% if not loop.last %}
            union all
        {% endif %}
    {% endfor %}
)

select
    m.*,
    case
        when m.place_kind = 'river' then m.place_id
        else {{ area_name('m.place_id', 'a.name_zh') }}
    end as area_name_zh
from members as m
left join {{ ref('stg_area_name') }} as a on m.place_kind <> 'river' and m.place_id = a.area_code
