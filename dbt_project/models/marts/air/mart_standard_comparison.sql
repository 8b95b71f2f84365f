{#-
  The same period under the 2012 and the 2026 editions of the air standards, side by side: district and assessed
  stations x month, year, year to date x measure. Each side is wholly computed under its edition (basis 2012 or 2026;
  `published` is the edition in force): validity, means, rounding, limits, breakpoints, index rules, whatever the
  dates. A row's verdict is that of its own value; of an item as a whole, mean and percentile together, see
  mart_air_district_annual. A comparison, never the figure of an indicator.
-#}
with statistics as (
    select 'mean' as measure
    union all
    select 'percentile' as measure
),

items as (
    select
        s.basis,
        s.place_kind,
        s.place_id,
        s.period_kind,
        s.period_start,
        s.period_end,
        m.measure,
        s.item,
        s.item_zh,
        s.variant,
        s.unit,
        case m.measure when 'mean' then s.mean_rounded else s.percentile_rounded end as value,
        case m.measure when 'percentile' then s.percentile end as percentile,
        case m.measure when 'mean' then s.annual_limit else s.daily_limit end as limit_value,
        s.period_kind = 'year' and s.is_whole as is_judged,
        s.n_expected,
        s.n_valid,
        s.n_suspect,
        s.validity,
        s.validity_reason,
        concat(s.limits_standard, '; ', s.statistics_standard) as standard,
        s.provenance_rank
    from {{ ref('int_air_period_assessed') }} as s
    cross join statistics as m
),

day_measures as (
    {%- for measure, column, unit in [
        ('days_excellent', 'n_excellent', 'd'),
        ('days_good', 'n_good', 'd'),
        ('days_lightly_polluted', 'n_lightly', 'd'),
        ('days_moderately_polluted', 'n_moderately', 'd'),
        ('days_heavily_polluted', 'n_heavily', 'd'),
        ('days_severely_polluted', 'n_severely', 'd'),
        ('good_days_share', 'good_days_share', '%'),
        ('heavy_days_share', 'heavy_days_share', '%'),
        ('composite_index', 'composite_index', '-'),
    ] %}
        select
            basis,
            place_kind,
            place_id,
            period_kind,
            period_start,
            period_end,
            '{{ measure }}' as measure,
            '' as item,
            '' as item_zh,
            {% if measure == 'composite_index' -%}
                case when is_judged_without_dust then 'dust_excluded' else 'dust_included' end
            {%- else -%}
                'dust_included'
            {%- endif %} as variant,
            '{{ unit }}' as unit,
            cast({{ column }} as decimal(18, 6)) as value,
            cast(null as bigint) as percentile,
            cast(null as decimal(18, 6)) as limit_value,
            false as is_judged,
            n_expected,
            {% if measure == 'composite_index' -%}
                composite_n_valid as n_valid,
                composite_n_suspect as n_suspect,
                composite_validity as validity,
                composite_reason as validity_reason,
            {%- else -%}
                n_valid,
                n_suspect,
                validity,
                validity_reason,
            {%- endif %}
            {{ "limits_standard" if measure == "composite_index" else "index_standard" }} as standard,
            provenance_rank
        from {{ ref('int_air_period_days') }}
        {{- ' union all' if not loop.last }}
    {%- endfor %}
),

measures as (
    select * from items
    union all
    select * from day_measures
),

side_by_side as (
    select
        place_kind,
        place_id,
        period_kind,
        period_start,
        measure,
        item,
        variant,
        max(period_end) as period_end,
        max(item_zh) as item_zh,
        max(unit) as unit,
        max(percentile) as percentile,
        {%- for edition in ['2012', '2026'] %}
            max(case when basis = '{{ edition }}' then value end) as value_{{ edition }},
            max(case when basis = '{{ edition }}' then limit_value end) as limit_{{ edition }},
            bool_or(case when basis = '{{ edition }}' and is_judged then value <= limit_value end)
                as attains_limits_{{ edition }},
            max(case when basis = '{{ edition }}' then n_valid end) as n_valid_{{ edition }},
            max(case when basis = '{{ edition }}' then validity end) as validity_{{ edition }},
            max(case when basis = '{{ edition }}' then validity_reason end) as reason_{{ edition }},
        {%- endfor %}
        max(n_expected) as n_expected,
        max(n_suspect) as n_suspect,
        {{ joined('standard', ' : ', 'basis') }} as standard,
        min(provenance_rank) as provenance_rank
    from measures
    where basis in ('2012', '2026')
    group by place_kind, place_id, period_kind, period_start, measure, item, variant
),

-- The register's entry of a station is the latest one that the period meets. Both editions are computed for every day,
-- so the periods of one are enough.
entries as (
    select
        p.place_id,
        p.period_kind,
        p.period_start,
        e.name_zh,
        e.area_code,
        row_number() over (
            partition by p.place_id, p.period_kind, p.period_start order by e.valid_from desc
        ) as entry_place
    from {{ ref('int_air_period_days') }} as p
    inner join {{ ref('stg_site_register') }} as e
        on
            p.place_id = e.site_id and e.feed = 'air'
            and p.scope_end >= e.valid_from and (e.valid_to is null or p.scope_start <= e.valid_to)
    where p.basis = '2026' and p.place_kind = 'station'
)

select
    s.place_kind,
    s.place_id,
    case
        when s.place_kind = 'district' then '{{ sql_text("area_name_zh") }}' else coalesce(e.name_zh, s.place_id)
    end as place_name_zh,
    case when s.place_kind = 'district' then s.place_id else e.area_code end as area_code,
    s.period_kind,
    s.period_start,
    s.period_end,
    s.measure,
    s.item,
    s.item_zh,
    s.variant,
    s.unit,
    cast(s.percentile as bigint) as percentile,
    cast(s.value_2012 as decimal(18, 6)) as value_2012,
    cast(s.value_2026 as decimal(18, 6)) as value_2026,
    cast(s.value_2026 - s.value_2012 as decimal(18, 6)) as change_2026_on_2012,
    cast(s.limit_2012 as decimal(18, 6)) as limit_2012,
    cast(s.limit_2026 as decimal(18, 6)) as limit_2026,
    s.attains_limits_2012,
    s.attains_limits_2026,
    cast(s.n_expected as bigint) as n_expected,
    cast(s.n_valid_2012 as bigint) as n_valid_2012,
    cast(s.n_valid_2026 as bigint) as n_valid_2026,
    cast(least(coalesce(s.n_valid_2012, 0), coalesce(s.n_valid_2026, 0)) as bigint) as n_valid,
    cast(s.n_suspect as bigint) as n_suspect,
    {{ coverage('least(coalesce(s.n_valid_2012, 0), coalesce(s.n_valid_2026, 0))', 's.n_expected') }} as coverage,
    s.validity_2012,
    s.validity_2026,
    case
        when s.validity_2012 = s.validity_2026 then s.validity_2012
        when 'pending' in (s.validity_2012, s.validity_2026) then 'pending'
        when s.validity_2012 in ('valid', 'indicative') and s.validity_2026 in ('valid', 'indicative') then 'indicative'
        else 'insufficient'
    end as validity,
    case
        when s.reason_2012 = s.reason_2026 then s.reason_2012
        else
            concat(
                '2012: ', coalesce(nullif(s.reason_2012, ''), s.validity_2012, 'no day'),
                '; 2026: ', coalesce(nullif(s.reason_2026, ''), s.validity_2026, 'no day')
            )
    end as validity_reason,
    s.standard,
    case s.measure
        when 'mean' then 'mean of daily values; annual limit of table 1, Grade II; validity: table 4'
        when 'percentile' then 'percentile of daily values; daily limit of table 1, Grade II; validity: table 4'
        when 'composite_index' then 'sum of C : S over the six items, particles of the judged dust series'
        else 'days by AQI category; validity: table 4 of GB 3095'
    end as clause,
    {{ provenance_of_rank('s.provenance_rank') }} as provenance
from side_by_side as s
left join entries as e
    on
        s.place_kind = 'station' and s.place_id = e.place_id and s.period_kind = e.period_kind
        and s.period_start = e.period_start and e.entry_place = 1
