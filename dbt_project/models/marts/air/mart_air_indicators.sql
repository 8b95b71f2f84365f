{#-
  Indicators 3 to 7 of the plan and its commitment on dustfall (4.1.1) for the district. The empty
  variant is the one judged: under one edition, particles without notified dust days from the day that rule holds. Next
  to it are the other dust series, and for a period that spans two editions each part under its own (edition_…,
  indicative at best; once, though the running year names its days twice); the added-up row is mixed_standard.
-#}
with means as (
    select
        case s.item
            when 'pm2_5' then 'pm25_annual_mean' when 'pm10' then 'pm10_annual_mean' when 'no2' then 'no2_annual_mean'
        end as indicator_id,
        case
            when not i.has_dust_variant then ''
            when s.variant = case when s.judged_without_dust then 'dust_excluded' else 'dust_included' end then ''
            else s.variant
        end as series,
        s.period_kind,
        s.period_start,
        s.period_end,
        s.scope_start,
        s.scope_end,
        s.edition,
        s.mean_rounded as value,
        s.unit,
        s.n_expected,
        s.n_valid,
        s.n_suspect,
        s.validity,
        s.validity_reason,
        case
            when s.edition = 'mixed' then s.limits_standard
            else concat(s.limits_standard, '; ', s.statistics_standard)
        end as standard,
        concat(
            case when s.is_whole then 'annual mean' else 'mean, days under one edition only,' end,
            ' of daily means over the assessed stations',
            case when i.has_dust_variant then concat(', ', s.variant) else '' end,
            case
                when s.n_dust_days_left_out > 0 then concat(' (', s.n_dust_days_left_out, ' days left out)') else ''
            end,
            '; validity: table 4'
        ) as clause,
        s.provenance_rank
    from {{ ref('int_air_period_assessed') }} as s
    inner join {{ ref('air_items') }} as i on s.item = i.item
    where
        s.basis = 'published' and s.place_kind = 'district' and s.period_kind in ('year', 'year_to_date')
        and s.item in ('pm2_5', 'pm10', 'no2')
),

share_indicators as (
    select 'good_air_days_ratio' as indicator_id
    union all
    select 'heavy_pollution_days_ratio' as indicator_id
),

shares as (
    select
        k.indicator_id,
        '' as series,
        s.period_kind,
        s.period_start,
        s.period_end,
        s.scope_start,
        s.scope_end,
        s.edition,
        case k.indicator_id when 'good_air_days_ratio' then s.good_days_share else s.heavy_days_share end as value,
        '%' as unit,
        s.n_expected,
        s.n_valid,
        s.n_suspect,
        s.validity,
        s.validity_reason,
        s.index_standard as standard,
        case k.indicator_id
            when 'good_air_days_ratio' then '优良天数比例: days with a good or excellent AQI : valid days, dust kept'
            else '重度及以上污染天数比例: days heavily or severely polluted : valid days, dust kept'
        end as clause,
        s.provenance_rank
    from {{ ref('int_air_period_days') }} as s
    cross join share_indicators as k
    where s.basis = 'published' and s.place_kind = 'district' and s.period_kind in ('year', 'year_to_date')
),

dustfall as (
    select
        'dustfall' as indicator_id,
        case
            when s.variant = case when s.is_judged_without_dust then 'dust_excluded' else 'dust_included' end then ''
            else s.variant
        end as series,
        s.period_kind,
        s.period_start,
        s.period_end,
        s.period_start as scope_start,
        s.period_end as scope_end,
        '' as edition,
        s.value_published as value,
        s.unit,
        s.n_expected,
        s.n_valid,
        s.n_suspect,
        s.validity,
        s.validity_reason,
        concat(s.standard, '; 朝阳区“十四五”规划 4.1.1') as standard,
        'mean of the monthly means over the assessed points, months of 30 days; dust excluded: without months that a'
        ' notified dust period touches' as clause,
        s.provenance_rank
    from {{ ref('int_air_dustfall') }} as s
    where s.place_kind = 'district' and s.period_kind in ('year', 'year_to_date')
),

figures as (
    select * from means
    union all
    select * from shares
    union all
    select * from dustfall
),

numbered as (
    select
        *,
        count(*) over (partition by indicator_id, series, period_kind, period_start) as n_editions,
        -- The part that is over has the same days in the year and in the year to date.
        row_number() over (
            partition by indicator_id, series, period_start, edition, scope_start, scope_end
            order by case period_kind when 'year' then 0 else 1 end
        ) as repeat_number
    from figures
)

select
    n.indicator_id,
    coalesce(p.name_zh, c.name_zh, n.indicator_id) as indicator_name_zh,
    '{{ sql_text("area_code") }}' as area_code,
    '{{ sql_text("area_name_zh") }}' as area_name_zh,
    n.period_kind,
    n.period_start,
    n.scope_end as period_end,
    case
        when n.n_editions = 1 or n.edition = 'mixed' then n.series
        when n.series = '' then concat('edition_', n.edition)
        else concat('edition_', n.edition, '_', n.series)
    end as variant,
    cast(n.value as decimal(18, 6)) as value,
    n.unit,
    cast(n.n_expected as bigint) as n_expected,
    cast(n.n_valid as bigint) as n_valid,
    cast(n.n_suspect as bigint) as n_suspect,
    {{ coverage('n.n_valid', 'n.n_expected') }} as coverage,
    n.validity,
    n.validity_reason,
    n.standard,
    n.clause,
    {{ provenance_of_rank('n.provenance_rank') }} as provenance
from numbered as n
left join {{ ref('plan_indicators') }} as p on n.indicator_id = p.indicator_id
left join {{ ref('plan_commitments') }} as c on n.indicator_id = c.commitment_id
where n.repeat_number = 1
