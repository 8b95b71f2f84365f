{#-
  Attainment of the functional areas: class × part of the day × period, and all classes pooled. Day and night are counted
  apart. From 2024 on the unit is the point-day of an assessed point, by month, quarter and year (环办监测〔2024〕33号);
  before it the point-time: a point is measured once a quarter, so quarters and years are judged, and coverage counts the
  points that were measured in each quarter (HJ 640-2012). Columns that begin with `sure_` say the same without suspect
  readings (suspects.sql).
-#}
{%- set compared = [
    ('attainment', 'attainment', 'sure_attainment'), ('validity', 'counted_validity', 'sure_validity')
] %}
with span as (
    select min(day) as first_day from {{ ref('int_noise_part') }}
),

periods as (
    select
        p.*,
        r.noise_area_by_day = 1 as by_day,
        r.noise_share_decimals,
        r.noise_period_coverage_valid,
        r.noise_period_coverage_indicative
    from {{ ref('int_calendar_periods') }} as p
    inner join {{ ref('int_noise_rules') }} as r on {{ in_force('p.period_start', 'r') }}
    cross join span as s
    where p.period_end >= s.first_day and (r.noise_area_by_day = 1 or p.period_kind <> 'month')
),

entries as (
    -- Nulls never win in least(): an open entry without successor ends with the period.
    select
        site_id,
        noise_class,
        provenance,
        valid_from,
        least(valid_to, lead(valid_from) over (partition by site_id order by valid_from) - 1) as valid_to,
        assessed
    from {{ ref('stg_site_register') }}
    where feed = 'noise' and kind = 'point'
),

registered as (
    select
        site_id,
        noise_class as area_class,
        provenance,
        valid_from,
        valid_to,
        0 as lacks_class
    from entries
    where assessed and noise_class is not null
    union all
    select
        site_id,
        'all' as area_class,
        provenance,
        valid_from,
        valid_to,
        case when noise_class is null then 1 else 0 end as lacks_class
    from entries
    where assessed
),

expected as (
    select
        p.period_kind,
        p.period_start,
        e.area_class,
        count(distinct e.site_id) as n_points_expected,
        count(distinct case when e.lacks_class = 1 then e.site_id end) as n_points_without_class,
        sum(
            case
                when p.by_day
                    then {{ days_in('greatest(e.valid_from, p.period_start)', 'least(e.valid_to, p.period_end)') }}
                else {{ quarters_in('greatest(e.valid_from, p.period_start)', 'least(e.valid_to, p.period_end)') }}
            end
        ) as n_expected,
        min({{ provenance_rank('e.provenance') }}) as provenance_rank
    from periods as p
    inner join registered as e
        on p.period_end >= e.valid_from and (e.valid_to is null or p.period_start <= e.valid_to)
    group by p.period_kind, p.period_start, e.area_class
),

judged as (
    select
        *,
        noise_class as area_class
    from {{ ref('int_noise_part') }}
    where assessed and noise_class is not null
    union all
    select
        *,
        'all' as area_class
    from {{ ref('int_noise_part') }}
    where assessed
),

counted as (
    select
        p.period_kind,
        p.period_start,
        j.area_class,
        j.part,
        count(distinct case when j.is_attained is not null then j.site_id end) as n_points,
        {%- for sure in ['', 'sure_'] %}
            count(j.{{ sure }}is_attained) as {{ sure }}n_judged,
            count(case when j.{{ sure }}is_attained then 1 end) as {{ sure }}n_attained,
        {%- endfor %}
        {%- for n, condition in [
            ('n_point_quarters', 'j.is_attained is not null'), ('sure_n_point_quarters', 'j.sure_is_attained is not null'),
            ('n_suspect_quarters', 'j.hours_suspect > 0')
        ] %}
            count(distinct case
                when {{ condition }} then concat(j.site_id, cast(date_trunc('quarter', j.day) as string))
            end) as {{ n }},
        {%- endfor %}
        count(case when j.hours_suspect > 0 then 1 end) as n_suspect_days,
        bool_or(j.validity = 'pending') as is_arriving,
        min({{ provenance_rank('j.provenance') }}) as provenance_rank
    from periods as p
    inner join judged as j on j.day between p.period_start and p.period_end
    group by p.period_kind, p.period_start, j.area_class, j.part
),

-- Day and night.
parts as (
    select distinct period as part from {{ ref('gb3096_limits') }}
),

joined as (
    select
        p.*,
        e.area_class,
        parts.part,
        e.n_points_expected,
        e.n_points_without_class,
        e.n_expected,
        coalesce(c.n_points, 0) as n_points,
        {%- for sure in ['', 'sure_'] %}
            coalesce(c.{{ sure }}n_judged, 0) as {{ sure }}n_judged,
            coalesce(c.{{ sure }}n_attained, 0) as {{ sure }}n_attained,
            coalesce(case when p.by_day then c.{{ sure }}n_judged else c.{{ sure }}n_point_quarters end, 0)
                as {{ sure }}n_valid,
        {%- endfor %}
        coalesce(case when p.by_day then c.n_suspect_days else c.n_suspect_quarters end, 0) as n_suspect,
        -- The year to date ends with the last complete day, whose levels still arrive: if it waited for them, it would
        -- never have a figure.
        p.is_pending or (coalesce(c.is_arriving, false) and p.period_kind <> 'year_to_date') as is_open,
        coalesce(c.provenance_rank, e.provenance_rank) as provenance_rank
    from periods as p
    inner join expected as e on p.period_kind = e.period_kind and p.period_start = e.period_start
    cross join parts
    left join counted as c
        on
            p.period_kind = c.period_kind and p.period_start = c.period_start
            and e.area_class = c.area_class and parts.part = c.part
),

counted_units as (
    select
        {%- for sure in ['', 'sure_'] %}
            case
                when is_open then 'pending'
                when {{ sure }}n_judged = 0 then 'insufficient'
                when {{ sure }}n_valid >= n_expected * noise_period_coverage_valid and n_points_without_class = 0
                    then 'valid'
                when {{ sure }}n_valid >= n_expected * noise_period_coverage_indicative then 'indicative'
                else 'insufficient'
            end as {{ 'counted' if sure == '' else 'sure' }}_validity,
        {%- endfor %}
        *
    from joined
),

rates as (
    select
        {%- for sure, validity in [('', 'counted_validity'), ('sure_', 'sure_validity')] %}
            case
                when {{ validity }} in ('valid', 'indicative')
                    then {{ round_even_by(
                        exact_quotient(sure ~ 'n_attained * 100', sure ~ 'n_judged'), 'noise_share_decimals'
                    ) }}
            end as {{ sure }}attainment,
        {%- endfor %}
        *
    from counted_units
),

verdicts as (
    select
        *,
        {{ validity_without_suspects('counted_validity', compared) }} as validity,
        {{ suspects_decide_reason('n_suspect', 'inputs', compared) }} as suspects_reason,
        case when by_day then '@point_days' else '@point_times' end as units
    from rates
)

select
    v.period_kind,
    v.period_start,
    v.period_end,
    '{{ sql_text("area_code") }}' as area_code,
    '{{ sql_text("area_name_zh") }}' as area_name_zh,
    v.area_class as noise_class,
    v.part,
    case when v.by_day then 'point_day' else 'point_time' end as counted_unit,
    cast(v.attainment as decimal(9, 4)) as attainment_pct,
    cast(v.n_attained as bigint) as n_attained,
    cast(v.n_judged as bigint) as n_judged,
    cast(v.n_points as bigint) as n_points,
    cast(v.n_points_expected as bigint) as n_points_expected,
    cast(v.n_expected as bigint) as n_expected,
    cast(v.n_valid as bigint) as n_valid,
    cast(v.n_suspect as bigint) as n_suspect,
    {{ coverage('v.n_valid', 'v.n_expected') }} as coverage,
    v.validity,
    case
        when v.is_pending then {{ reason('period_not_over') }}
        when v.is_open then {{ reason('levels_of_period_can_still_arrive') }}
        when v.validity = 'valid' then ''
        else concat_ws(
                ';',
                case
                    when v.counted_validity <> 'valid'
                        then {{ reason('some_can_be_judged', 'v.n_valid', 'v.n_expected', {'words': 'v.units'}) }}
                end,
                case
                    when v.n_points_without_class > 0
                        then {{ reason('points_without_noise_class', 'v.n_points_without_class') }}
                end,
                v.suspects_reason
            )
    end as validity_reason,
    r.standard,
    r.clause,
    {{ provenance_of_rank('v.provenance_rank') }} as provenance
from verdicts as v
-- The document is that of the rule that says what is counted.
inner join {{ ref('int_rules') }} as r on r.rule_id = 'noise_area_by_day' and {{ in_force('v.period_start', 'r') }}
