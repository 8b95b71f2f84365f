{#-
  Point × month × part of the day: the energy mean of the days' levels next to the limit of the class that the point has
  at the end of the month, and how many days attained the limit of theirs. GB 3096 limits Ld and Ln, so attainment is the
  days' share; the month's level against the limit is only a comparison. Level, percentiles and attainment count days of
  their own, so each has its own validity. Registered points are in every month, with or without readings. Columns that
  begin with `sure_` say the same without suspect readings (suspects.sql).
-#}
{%- set of_level = [
    ('attainment', 'month_level_within_limit', 'sure_month_level_within_limit'),
    ('validity', 'counted_validity', 'sure_validity')
] %}
{%- set of_attainment = [
    ('attainment', 'days_attained_share', 'sure_days_attained_share'),
    ('validity', 'judged_validity', 'sure_judged_validity')
] %}
with span as (
    select min(day) as first_day from {{ ref('int_noise_part') }}
),

months as (
    select
        c.period_start,
        c.period_end,
        c.is_pending
    from {{ ref('int_calendar_periods') }} as c
    cross join span as s
    where c.period_kind = 'month' and c.period_end >= s.first_day
),

register as (
    select
        m.period_start,
        s.site_id,
        s.name_zh,
        s.area_code,
        s.noise_class,
        s.assessed,
        s.kind,
        s.provenance,
        row_number() over (partition by m.period_start, s.site_id order by s.valid_from desc) as nth
    from months as m
    inner join {{ ref('stg_site_register') }} as s
        on m.period_end >= s.valid_from and (s.valid_to is null or m.period_start <= s.valid_to)
    where s.feed = 'noise'
),

counted as (
    select
        m.period_start,
        p.site_id,
        p.part,
        {%- for sure in ['', 'sure_'] %}
            {{ energy_level(
                'sum(' ~ sound_energy('p.' ~ sure ~ 'level_carried_db') ~ ')', 'count(p.' ~ sure ~ 'level_carried_db)'
            ) }} as {{ sure }}level_db,
            count(p.{{ sure }}level_carried_db) as {{ sure }}n_valid,
            count(p.{{ sure }}is_attained) as {{ sure }}n_judged,
            count(case when p.{{ sure }}is_attained then 1 end) as {{ sure }}n_attained,
        {%- endfor %}
        -- Mean of the days' percentiles: a project choice.
        {%- for level in ['l10_db', 'l50_db', 'l90_db'] %}
            {{ carried_mean('sum(p.' ~ level ~ ')', 'count(p.' ~ level ~ ')') }} as {{ level }},
        {%- endfor %}
        count(p.l10_db + p.l50_db + p.l90_db) as n_percentiles,
        {{ known_maximum('max(p.lmax_db)', 'max(case when p.lmax_db is null then p.level_carried_db end)') }}
            as lmax_db,
        count(case when p.hours_suspect > 0 then 1 end) as n_suspect,
        bool_or(p.validity = 'pending') as is_arriving,
        {{ least_provenance('p.provenance') }} as provenance
    from {{ ref('int_noise_part') }} as p
    inner join months as m on p.day between m.period_start and m.period_end
    group by m.period_start, p.site_id, p.part
),

places as (
    select
        period_start,
        site_id
    from counted
    union
    select
        period_start,
        site_id
    from register
    where kind = 'point'
),

-- Day and night.
parts as (
    select distinct period as part from {{ ref('gb3096_limits') }}
),

joined as (
    select
        m.period_start,
        m.period_end,
        w.site_id,
        parts.part,
        coalesce(s.name_zh, w.site_id) as site_name_zh,
        s.area_code,
        s.noise_class,
        coalesce(s.assessed, false) as assessed,
        l.limit_db,
        c.level_db,
        c.sure_level_db,
        c.lmax_db,
        c.l10_db,
        c.l50_db,
        c.l90_db,
        {%- for n in ['n_judged', 'n_attained', 'n_valid', 'sure_n_judged', 'sure_n_attained', 'sure_n_valid'] %}
            coalesce(c.{{ n }}, 0) as {{ n }},
        {%- endfor %}
        coalesce(c.n_percentiles, 0) as n_percentiles,
        coalesce(c.n_suspect, 0) as n_suspect,
        {{ days_in('m.period_start', 'm.period_end') }} as n_expected,
        m.is_pending,
        m.is_pending or coalesce(c.is_arriving, false) as is_open,
        r.noise_level_decimals,
        r.noise_share_decimals,
        r.noise_period_coverage_valid,
        r.noise_period_coverage_indicative,
        l.standard,
        l.clause,
        coalesce(c.provenance, s.provenance) as provenance
    from places as w
    inner join months as m on w.period_start = m.period_start
    cross join parts
    left join counted as c on w.period_start = c.period_start and w.site_id = c.site_id and parts.part = c.part
    left join register as s on w.period_start = s.period_start and w.site_id = s.site_id and s.nth = 1
    left join {{ ref('gb3096_limits') }} as l
        on s.noise_class = l.noise_class and parts.part = l.period and {{ in_force('m.period_end', 'l') }}
    inner join {{ ref('int_noise_rules') }} as r on {{ in_force('m.period_end', 'r') }}
),

counted_days as (
    select
        {%- for word, n in [
            ('counted_validity', 'n_valid'), ('sure_validity', 'sure_n_valid'), ('judged_validity', 'n_judged'),
            ('sure_judged_validity', 'sure_n_judged'), ('percentiles_counted', 'n_percentiles')
        ] %}
            case
                when is_open then 'pending'
                when {{ n }} > 0 and {{ n }} >= n_expected * noise_period_coverage_valid then 'valid'
                when {{ n }} > 0 and {{ n }} >= n_expected * noise_period_coverage_indicative then 'indicative'
                else 'insufficient'
            end as {{ word }},
        {%- endfor %}
        *
    from joined
),

rounded as (
    select
        {%- for sure, validity, judged in [
            ('', 'counted_validity', 'judged_validity'), ('sure_', 'sure_validity', 'sure_judged_validity')
        ] %}
            case
                when {{ validity }} in ('valid', 'indicative')
                    then {{ round_even_by(sure ~ 'level_db', 'noise_level_decimals') }}
            end as {{ sure }}month_level_db,
            case
                when {{ judged }} in ('valid', 'indicative')
                    then {{ round_even_by(
                        exact_quotient(sure ~ 'n_attained * 100', sure ~ 'n_judged'), 'noise_share_decimals'
                    ) }}
            end as {{ sure }}days_attained_share,
        {%- endfor %}
        *
    from counted_days
),

compared as (
    select
        *,
        month_level_db <= limit_db as month_level_within_limit,
        sure_month_level_db <= limit_db as sure_month_level_within_limit
    from rounded
),

verdicts as (
    select
        *,
        {{ validity_without_suspects('counted_validity', of_level) }} as validity,
        {{ validity_without_suspects('judged_validity', of_attainment) }} as days_attained_validity
    from compared
)

select
    period_start,
    period_end,
    site_id,
    site_name_zh,
    v.area_code,
    {{ area_name('v.area_code', 'a.name_zh') }} as area_name_zh,
    noise_class,
    assessed,
    part,
    cast(month_level_db as decimal(6, 2)) as leq_db,
    {%- for level in ['l10_db', 'l50_db', 'l90_db'] %}
        cast(case
            when percentiles_counted in ('valid', 'indicative') then {{ round_even_by(level, 'noise_level_decimals') }}
        end as decimal(6, 2)) as {{ level }},
    {%- endfor %}
    cast(lmax_db as decimal(6, 2)) as lmax_db,
    cast(limit_db as decimal(6, 2)) as limit_db,
    month_level_within_limit,
    cast(n_judged as bigint) as days_judged,
    cast(n_attained as bigint) as days_attained,
    cast(days_attained_share as decimal(9, 4)) as days_attained_pct,
    case
        when noise_class is null then {{ reason('site_without_noise_class') }}
        when limit_db is null then {{ reason('no_limit_for_class_in_month') }}
        when month_level_db is null then {{ reason('month_without_level') }}
        else ''
    end as attainment_reason,
    cast(n_expected as bigint) as n_expected,
    cast(n_valid as bigint) as n_valid,
    cast(n_suspect as bigint) as n_suspect,
    {{ coverage('n_valid', 'n_expected') }} as coverage,
    {%- for column, validity, counted, n, found, sides in [
        ('validity_reason', 'validity', 'counted_validity', 'n_valid', '@level', of_level),
        ('days_attained_reason', 'days_attained_validity', 'judged_validity', 'n_judged', '@level_and_limit',
         of_attainment)
    ] %}
        {{ validity }},
        case
            when is_pending then {{ reason('month_not_over') }}
            when is_open then {{ reason('levels_of_month_can_still_arrive') }}
            when {{ validity }} = 'valid' then ''
            else
                concat_ws(
                    ';',
                    case
                        when {{ counted }} <> 'valid'
                            then {{ reason('some_days_have', n, 'n_expected', found) }}
                    end,
                    {{ suspects_decide_reason('n_suspect', 'days', sides) }}
                )
        end as {{ column }},
    {%- endfor %}
    -- Of the same days: where suspect readings decide the level, they may decide the percentiles.
    case
        when percentiles_counted = 'valid' and validity = 'indicative' then 'indicative' else percentiles_counted
    end as percentiles_validity,
    case
        when is_pending then {{ reason('month_not_over') }}
        when is_open then {{ reason('levels_of_month_can_still_arrive') }}
        when percentiles_counted <> 'valid'
            then {{ reason('some_days_have', 'n_percentiles', 'n_expected', '@percentiles') }}
        when validity = 'indicative' then {{ suspects_decide_reason('n_suspect', 'days', of_level) }}
        else ''
    end as percentiles_reason,
    coalesce(v.standard, e.standard) as standard,
    coalesce(v.clause, e.clause) as clause,
    v.provenance
from verdicts as v
left join {{ ref('stg_area_name') }} as a on v.area_code = a.area_code
-- Without a limit: the document of the level itself.
left join {{ ref('int_rules') }} as e on e.rule_id = 'noise_level_decimals' and {{ in_force('v.period_end', 'e') }}
