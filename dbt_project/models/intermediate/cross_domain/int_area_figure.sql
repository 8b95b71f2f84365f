{#-
  The figures of areas that composite scores are made of, each under the name that a part gives it: list(…) what areas
  are ranked by, area(…) a figure of a network's areas, cases(…) a share or median of a register, indicator(…) the row
  that represents an indicator. Only what some part names is here.
-#}
with listed as (
    {%- for mart in ['mart_air_rankings', 'mart_water_rankings', 'mart_network_rankings'] %}
        select
            concat('list(', list_id, ')') as reference,
            area_level,
            place_id as area_code,
            period_kind,
            period_start,
            value,
            unit,
            validity,
            validity_reason,
            provenance
        from {{ admitted(mart) }}
        where place_kind = 'area'
        {% if not loop.last %}
            union all
        {% endif %}
    {%- endfor %}
),

of_cases as (
    {%- for column, unit, lacking in [
        ('closed_pct', '%', 'no case was opened'),
        ('on_time_pct', '%', 'no case with a due day was closed'),
        ('median_days', 'd', 'no case was closed')
    ] %}
        select
            concat('cases(', register_id, '.{{ column }})') as reference,
            area_level,
            area_code,
            'month' as period_kind,
            period_start,
            cast({{ column }} as decimal(18, 6)) as value,
            '{{ unit }}' as unit,
            case when validity = 'valid' and {{ column }} is null then 'insufficient' else validity end as validity,
            case
                when validity = 'valid' and {{ column }} is null then '{{ lacking }}' else validity_reason
            end as validity_reason,
            provenance
        from {{ admitted('mart_case_monthly') }}
        where category = ''
        {% if not loop.last %}
            union all
        {% endif %}
    {%- endfor %}
),

figures as (
    select * from listed
    union all
    select * from of_cases
    union all
    select
        concat('area(', network_id, '.', area_figure_id, ')') as reference,
        area_level,
        area_code,
        period_kind,
        period_start,
        value,
        unit,
        validity,
        validity_reason,
        provenance
    from {{ admitted('mart_network_areas') }}
    union all
    select
        concat('indicator(', indicator_id, ')') as reference,
        area_level,
        area_code,
        period_kind,
        period_start,
        value,
        unit,
        validity,
        validity_reason,
        provenance
    from {{ ref('mart_indicator_values') }}
    where is_preferred
)

select *
from figures
where reference in (select p.indicator from {{ declared('composite_parts') }} as p)
