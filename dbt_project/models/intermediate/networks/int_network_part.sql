{#-
  What figures of readings are added up from: network x site x parameter x sample x hour, day or single sample, one row
  for each family of figures (network_family) that reads it. A row of a day needs that day's readings only.
-#}
{{ config(meta={'by_day': {'reads': {'stg_network': [0, 0]}}}) }}
with families as (
    select distinct
        f.network_id,
        f.parameter,
        {{ network_family('f.statistic') }} as family,
        case when f.period_kind in ('hour', 'sample') then f.period_kind else 'day' end as part_kind,
        coalesce(f.second_parameter, '') as second_parameter,
        case when f.statistic in ('days', 'oxygen_corrected') then f.argument end as argument,
        f.keeps_sample,
        n.nondetect
    from {{ source('clean', 'declared_network_figure') }} as f
    inner join {{ source('clean', 'declared_network') }} as n on f.network_id = n.network_id
    where f.level = 1
),

weights as (
    select distinct
        network_id,
        second_parameter
    from families
    where second_parameter <> ''
),

seconds as (
    select
        r.network_id,
        r.parameter,
        r.site_id,
        r.sample,
        r.period_start_utc,
        r.period_end,
        max(r.value) as value,
        bool_or(r.is_suspect) as is_suspect
    from {{ days_of(ref('stg_network')) }} as r
    inner join weights as w on r.network_id = w.network_id and r.parameter = w.second_parameter
    where r.is_usable and r.value is not null
    group by r.network_id, r.parameter, r.site_id, r.sample, r.period_start_utc, r.period_end
),

-- A maximum reads maxima too, a minimum minima.
readings as (
    select
        r.network_id,
        r.site_id,
        r.parameter,
        r.method,
        r.fraction,
        case when f.keeps_sample then r.sample else '' end as sample,
        case when f.keeps_sample then r.taxon else '' end as taxon,
        r.day,
        f.part_kind,
        f.family,
        f.second_parameter,
        f.argument,
        f.keeps_sample,
        {{ network_period_start('f.part_kind', 'r.period_start') }} as part_start,
        case when f.part_kind = 'sample' then r.period_end end as part_end,
        r.statistic is not null or (not f.keeps_sample and (r.sample <> '' or r.taxon <> '')) as may_repeat,
        r.period_start_utc as moment,
        r.period_start as last_at,
        r.is_usable and r.value is not null as counts,
        r.censored,
        {{ network_counted('r.value', 'r.censored', 'f.nondetect') }} as counted,
        r.value,
        s.value as second_value,
        coalesce(r.is_suspect or s.is_suspect, false) as is_suspect,
        u.network_air_oxygen_pct,
        u.network_air_oxygen_gap_pct,
        {{ provenance_rank('r.provenance') }} as provenance_rank
    from {{ days_of(ref('stg_network')) }} as r
    inner join families as f
        on
            r.network_id = f.network_id and r.parameter = f.parameter
            and (coalesce(r.statistic, 'average') in ('average', 'sum') or r.statistic = f.family)
    inner join {{ ref('int_network_rules') }} as u on {{ in_force('r.day', 'u') }}
    left join seconds as s
        on
            f.second_parameter <> '' and r.network_id = s.network_id and f.second_parameter = s.parameter
            and r.site_id = s.site_id and r.sample = s.sample and r.period_start_utc = s.period_start_utc
            and r.period_end = s.period_end
),

counted as (
    select
        *,
        case
            when not counts then null
            when family = 'oxygen_corrected'
                then {{ oxygen_corrected(
                    'counted', 'second_value', 'argument', 'network_air_oxygen_pct', 'network_air_oxygen_gap_pct'
                ) }}
            when family = 'energy_mean' and not {{ is_level('value') }} then null
            when second_parameter = '' or {{ can_weigh('value', 'second_value') }} then counted
        end as v,
        second_value as w,
        1 as readings,
        case when counts and censored = '<' then 1 else 0 end as n_nondetects,
        case when counts and second_parameter <> '' and second_value is null then 1 else 0 end as n_without_second,
        case
            when
                counts and family = 'oxygen_corrected'
                and network_air_oxygen_pct - second_value < network_air_oxygen_gap_pct then 1
            else 0
        end as n_near_air
    from readings
),

sure as (
    select
        *,
        case when not is_suspect then v end as sure_v,
        case when not is_suspect then w end as sure_w,
        case when is_suspect and v is not null then 1 else 0 end as n_suspect
    from counted
)

select
    network_id,
    parameter,
    family,
    part_kind,
    second_parameter,
    argument,
    keeps_sample,
    site_id,
    method,
    fraction,
    sample,
    taxon,
    day,
    part_start,
    part_end,
    {{ network_sums() }}
from sure
group by
    network_id, parameter, family, part_kind, second_parameter, argument, keeps_sample, site_id, method, fraction,
    sample, taxon, day, part_start, part_end
