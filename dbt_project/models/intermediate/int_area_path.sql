{#-
  Each area with itself and every area above it, by the days on which all rows between them hold. A tree has three levels
  at most.
-#}
{%- set last_day = "date '9999-12-31'" -%}
with areas as (
    select * from {{ ref('stg_area') }}
),

step_0 as (
    select
        tree,
        area_code,
        area_code as ancestor_code,
        area_level as ancestor_level,
        parent_code as next_code,
        valid_from,
        valid_to
    from areas
),

{% for n in [1, 2] -%}
    step_{{ n }} as (
        select
            s.tree,
            s.area_code,
            a.area_code as ancestor_code,
            a.area_level as ancestor_level,
            a.parent_code as next_code,
            greatest(s.valid_from, a.valid_from) as valid_from,
            nullif(least(coalesce(s.valid_to, {{ last_day }}), coalesce(a.valid_to, {{ last_day }})), {{ last_day }})
                as valid_to
        from step_{{ n - 1 }} as s
        inner join areas as a
            on
                s.tree = a.tree and s.next_code = a.area_code
                and s.valid_from <= coalesce(a.valid_to, {{ last_day }})
                and a.valid_from <= coalesce(s.valid_to, {{ last_day }})
    ),

{% endfor -%}
every_step as (
    {%- for n in [0, 1, 2] %}
        select * from step_{{ n }}
        {% if not loop.last %}
            union all
        {% endif %}
    {%- endfor %}
)

select
    tree,
    area_code,
    ancestor_code,
    ancestor_level,
    valid_from,
    valid_to
from every_step
