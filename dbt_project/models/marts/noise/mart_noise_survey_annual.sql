{#-
  Year × survey × part of the day: the regional mean (arithmetic over grid points) and the road mean (weighted by the
  length of the segments), with their grade. A point measured more than once in a year enters once, with its mean. A
  survey of too few of the registered places has no mean; a complete one of fewer grid points than the standard asks for
  is indicative, since a district may have fewer grids. Columns that begin with `sure_` say the same without suspect
  readings (suspects.sql).
-#}
{%- set compared = [('grade', 'grade', 'sure_grade'), ('validity', 'counted_validity', 'sure_validity')] %}
with points as (
    select
        v.survey_kind,
        v.survey_period,
        v.year_start,
        v.site_id,
        {%- for sure, counts in [('', 'v.is_usable'), ('sure_', is_sure('v'))] %}
            {{ carried_mean(
                'sum(case when ' ~ counts ~ ' then v.value end)', 'count(case when ' ~ counts ~ ' then 1 end)'
            ) }} as {{ sure }}leq_db,
        {%- endfor %}
        coalesce(bool_or(v.is_usable and v.is_suspect), false) as is_suspect,
        {{ least_provenance('v.provenance') }} as provenance
    from {{ ref('stg_noise_survey') }} as v
    where v.parameter = 'survey_leq'
    group by v.survey_kind, v.survey_period, v.year_start, v.site_id
),

years as (
    select distinct year_start from points
),

register as (
    select
        case s.kind when 'grid_point' then 'grid' when 'road_segment' then 'road' end as survey_kind,
        y.year_start,
        s.site_id,
        s.road_length_km,
        row_number() over (partition by s.kind, s.site_id, y.year_start order by s.valid_from desc) as nth
    from {{ ref('stg_site_register') }} as s
    inner join years as y
        on
            s.valid_from < y.year_start + interval 1 year
            and (s.valid_to is null or s.valid_to >= y.year_start)
    where s.feed = 'noise' and s.kind in ('grid_point', 'road_segment')
),

registered as (
    select
        survey_kind,
        year_start,
        count(*) as n_registered
    from register
    where nth = 1
    group by survey_kind, year_start
),

weighted as (
    select
        p.*,
        case p.survey_kind when 'road' then r.road_length_km else 1 end as weight
    from points as p
    left join register as r
        on p.survey_kind = r.survey_kind and p.site_id = r.site_id and p.year_start = r.year_start and r.nth = 1
),

sums as (
    select
        w.survey_kind,
        w.survey_period,
        w.year_start,
        greatest(count(*), coalesce(max(n.n_registered), 0)) as n_expected,
        count(case when w.is_suspect then 1 end) as n_suspect,
        {%- for sure in ['', 'sure_'] %}
            count(case when w.{{ sure }}leq_db is not null and w.weight > 0 then 1 end) as {{ sure }}n_valid,
            count(case when w.{{ sure }}leq_db is not null and w.weight is null then 1 end)
                as {{ sure }}n_without_length,
            sum(case when w.{{ sure }}leq_db is not null then w.weight end) as {{ sure }}weight_sum,
            sum(w.{{ sure }}leq_db * w.weight) as {{ sure }}weighted_sum,
        {%- endfor %}
        {{ least_provenance('w.provenance') }} as provenance
    from weighted as w
    left join registered as n on w.survey_kind = n.survey_kind and w.year_start = n.year_start
    group by w.survey_kind, w.survey_period, w.year_start
),

counted as (
    select
        s.*,
        case s.survey_kind when 'grid' then 'region' else 'road' end as product,
        {%- for sure in ['', 'sure_'] %}
            s.{{ sure }}n_valid > 0
            and s.{{ sure }}n_valid >= s.n_expected * r.noise_period_coverage_indicative as {{ sure }}is_enough,
            s.{{ sure }}n_valid < s.n_expected * r.noise_period_coverage_valid as {{ sure }}is_partial,
            s.survey_kind = 'grid' and s.{{ sure }}n_valid < r.noise_region_min_points as {{ sure }}has_few_points,
        {%- endfor %}
        r.noise_region_min_points,
        r.noise_level_decimals
    from sums as s
    inner join {{ ref('int_noise_rules') }} as r on {{ in_force('s.year_start', 'r') }}
),

means as (
    select
        {%- for sure in ['', 'sure_'] %}
            case
                when {{ sure }}is_enough
                    then {{ round_even_by(
                        exact_quotient(sure ~ 'weighted_sum', sure ~ 'weight_sum', scale=12), 'noise_level_decimals'
                    ) }}
            end as {{ sure }}mean_db,
            case
                when not {{ sure }}is_enough then 'insufficient'
                when {{ sure }}is_partial or {{ sure }}has_few_points or {{ sure }}n_without_length > 0
                    then 'indicative'
                else 'valid'
            end as {{ 'counted' if sure == '' else 'sure' }}_validity,
        {%- endfor %}
        *
    from counted
),

graded as (
    select
        m.*,
        g.grade,
        g.name_zh as grade_zh,
        g.standard,
        g.clause,
        u.grade as sure_grade
    from means as m
    left join {{ ref('noise_grades') }} as g
        on
            m.product = g.product and m.survey_period = g.period and {{ in_force('m.year_start', 'g') }}
            and (g.above_db is null or m.mean_db > g.above_db)
            and (g.up_to_db is null or m.mean_db <= g.up_to_db)
    left join {{ ref('noise_grades') }} as u
        on
            m.product = u.product and m.survey_period = u.period and {{ in_force('m.year_start', 'u') }}
            and (u.above_db is null or m.sure_mean_db > u.above_db)
            and (u.up_to_db is null or m.sure_mean_db <= u.up_to_db)
)

select
    m.year_start as period_start,
    cast(m.year_start + interval 1 year as date) - 1 as period_end,
    m.survey_kind,
    m.survey_period,
    '{{ sql_text("area_code") }}' as area_code,
    '{{ sql_text("area_name_zh") }}' as area_name_zh,
    cast(m.mean_db as decimal(6, 2)) as mean_db,
    cast(m.grade as bigint) as grade,
    m.grade_zh,
    cast(case m.survey_kind when 'road' then m.weight_sum end as decimal(18, 6)) as road_length_km,
    cast(m.n_expected as bigint) as n_expected,
    cast(m.n_valid as bigint) as n_valid,
    cast(m.n_suspect as bigint) as n_suspect,
    {{ coverage('m.n_valid', 'm.n_expected') }} as coverage,
    {{ validity_without_suspects('counted_validity', compared) }} as validity,
    concat_ws(
        ';',
        case
            when m.n_valid = 0 then {{ reason('no_usable_level') }}
            when m.is_partial then {{ reason('some_places_measured', 'm.n_valid', 'm.n_expected') }}
        end,
        case
            when m.is_enough and m.has_few_points
                then {{ reason('too_few_grid_points', 'm.n_valid', 'cast(m.noise_region_min_points as integer)') }}
        end,
        case
            when m.n_without_length > 0
                then {{ reason('segments_without_length', 'm.n_without_length') }}
        end,
        {{ suspects_decide_reason('m.n_suspect', 'places', compared) }},
        case
            when {{ as_of() }} < m.year_start + interval 1 year
                then {{ reason('survey_may_grow') }}
        end
    ) as validity_reason,
    m.standard,
    m.clause,
    m.provenance
from graded as m
