{#-
  Each registered site with the areas it lies in, one per tree and level, by span of days. The administrative ones follow
  from the digits of the register's code; a code that the tree does not have counts as itself where the tree has no area
  of its level next to it (a district whose communities nobody entered), and in no area where it has. Basins and parks
  are entered (site_areas), with the areas above by the tree.
-#}
{%- set last_day = "date '9999-12-31'" -%}
with entries as (
    select
        s.feed,
        s.site_id,
        s.area_code,
        s.valid_from,
        case
            when s.next_from is not null then least(coalesce(s.valid_to, s.next_from - 1), s.next_from - 1)
            else s.valid_to
        end as valid_to
    from (
        select
            *,
            lead(valid_from) over (partition by feed, site_id order by valid_from) as next_from
        from {{ ref('stg_site_register') }}
    ) as s
),

-- The digits of a code say what it lies in: those of each level above are its beginning.
levels as (
    select
        l.area_level,
        l.digits,
        u.digits as digits_above
    from {{ ref('area_levels') }} as l
    left join {{ ref('area_levels') }} as u on l.tree = u.tree and l.rank = u.rank + 1
    where l.tree = 'administrative'
),

coded as (
    select
        e.feed,
        e.site_id,
        e.valid_from,
        e.valid_to,
        l.area_level,
        substr(e.area_code, 1, l.digits) as area_code,
        substr(e.area_code, 1, l.digits_above) as beginning
    from entries as e
    inner join levels as l on length(e.area_code) >= l.digits
    where {{ is_area_code('e.area_code') }}
),

administrative as (
    select * from {{ ref('stg_area') }}
    where tree = 'administrative'
),

siblings as (
    select distinct
        area_level,
        parent_code
    from administrative
    where parent_code is not null
),

known as (
    select distinct area_code from administrative
),

placed as (
    select
        c.feed,
        c.site_id,
        'administrative' as tree,
        c.area_level,
        c.area_code,
        c.valid_from as site_from,
        c.valid_to as site_to,
        a.valid_from as area_from,
        a.valid_to as area_to
    from coded as c
    inner join administrative as a on c.area_code = a.area_code
    union all
    select
        c.feed,
        c.site_id,
        'administrative' as tree,
        c.area_level,
        c.area_code,
        c.valid_from as site_from,
        c.valid_to as site_to,
        c.valid_from as area_from,
        c.valid_to as area_to
    from coded as c
    left join known as k on c.area_code = k.area_code
    left join siblings as s on c.area_level = s.area_level and c.beginning = s.parent_code
    where
        k.area_code is null and s.parent_code is null
        and (c.area_level <> 'district' or c.area_code = '{{ sql_text("area_code") }}')
    union all
    select
        e.feed,
        e.site_id,
        p.tree,
        p.ancestor_level as area_level,
        p.ancestor_code as area_code,
        e.valid_from as site_from,
        e.valid_to as site_to,
        p.valid_from as area_from,
        p.valid_to as area_to
    from {{ declared('site_areas') }} as e
    inner join {{ ref('int_area_path') }} as p on e.tree = p.tree and e.area_code = p.area_code
)

select
    feed,
    site_id,
    tree,
    area_level,
    area_code,
    greatest(site_from, area_from) as valid_from,
    nullif(least(coalesce(site_to, {{ last_day }}), coalesce(area_to, {{ last_day }})), {{ last_day }}) as valid_to
from placed
where
    site_from <= coalesce(area_to, {{ last_day }})
    and area_from <= coalesce(site_to, {{ last_day }})
