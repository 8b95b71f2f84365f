{#-
  Indicators 8 and 9 of the plan. 8: assessed sections whose annual class attains its target, in percent of those with a
  class. 9: length of the reaches worse than class V, in percent of the monitored reaches. Sections without a class
  (dry, not monitored, too few months) leave the denominator and show in the coverage; below a declared share of
  sections there is no figure.
-#}
with register as (
    select
        y.period_kind,
        y.period_start,
        y.period_end,
        y.is_pending,
        s.site_id,
        coalesce(s.name_zh, s.site_id) as site_name_zh,
        s.class_target,
        s.reach_length_km,
        -- A lake has no reach: it is not a river that lacks its length.
        coalesce(s.water_type = 'lake_reservoir', false) and s.reach_length_km is null as is_without_reach,
        coalesce(s.assessed, false) as assessed,
        row_number() over (
            partition by y.period_kind, y.period_start, s.site_id order by s.valid_from desc
        ) as entry_place
    from {{ ref('int_year_periods') }} as y
    inner join {{ ref('stg_site_register') }} as s
        on
            s.feed = 'water' and s.kind = 'section'
            and y.period_end >= s.valid_from and (s.valid_to is null or y.period_start <= s.valid_to)
),

monitored_years as (
    select distinct
        period_kind,
        period_start
    from {{ ref('mart_water_section_annual') }}
),

sections as (
    select
        r.period_kind,
        r.period_start,
        r.period_end,
        r.is_pending,
        r.site_id,
        r.site_name_zh,
        r.assessed,
        r.class_target,
        r.reach_length_km,
        r.is_without_reach,
        a.class_rank,
        a.water_class,
        a.attains_target,
        a.validity,
        a.validity_reason,
        case
            when r.reach_length_km is null then '' else concat(', ', {{ plain_number('r.reach_length_km') }}, ' km')
        end as length_text,
        a.n_suspect,
        a.provenance
    from register as r
    inner join monitored_years as m on r.period_kind = m.period_kind and r.period_start = m.period_start
    left join {{ ref('mart_water_section_annual') }} as a
        on r.period_kind = a.period_kind and r.period_start = a.period_start and r.site_id = a.site_id
    where r.entry_place = 1
),

parts as (
    select
        'assessed_section_attainment' as indicator_id,
        period_kind,
        period_start,
        period_end,
        is_pending,
        assessed as is_expected,
        class_rank is not null as has_class,
        attains_target is not null as is_counted,
        cast(case when attains_target then 1 else 0 end as decimal(18, 6)) as part,
        cast(1 as decimal(18, 6)) as whole,
        site_id,
        concat(site_name_zh, case when class_rank is null then ': no class' else ': no target class' end) as left_out,
        concat_ws(': ', site_name_zh, nullif(validity_reason, '')) as doubt,
        validity,
        n_suspect,
        provenance
    from sections
    where assessed
    union all
    select
        'worse_than_v_river_length' as indicator_id,
        period_kind,
        period_start,
        period_end,
        is_pending,
        true as is_expected,
        class_rank is not null as has_class,
        class_rank is not null and reach_length_km is not null as is_counted,
        case when water_class = 'worse_than_V' then reach_length_km else 0 end as part,
        reach_length_km as whole,
        site_id,
        concat(site_name_zh, case when class_rank is null then ': no class' else ': no reach length' end, length_text)
            as left_out,
        concat(concat_ws(': ', site_name_zh, nullif(validity_reason, '')), length_text) as doubt,
        validity,
        n_suspect,
        provenance
    from sections
    where not is_without_reach
),

sums as (
    select
        indicator_id,
        period_kind,
        period_start,
        max(period_end) as period_end,
        bool_or(is_pending) as is_pending,
        count(*) as n_expected,
        sum(case when has_class then 1 else 0 end) as n_with_class,
        sum(case when is_counted then 1 else 0 end) as n_valid,
        sum(case when is_counted and validity <> 'valid' then 1 else 0 end) as n_indicative,
        {{ joined('case when not is_counted then left_out end', '; ', 'site_id') }} as left_out,
        {{ joined("case when is_counted and validity <> 'valid' then doubt end", '; ', 'site_id') }} as doubts,
        sum(case when is_counted and n_suspect > 0 then 1 else 0 end) as n_suspect,
        sum(case when is_counted then part end) as part,
        sum(case when is_counted then whole end) as whole,
        min({{ provenance_rank('provenance') }}) as provenance_rank
    from parts
    group by indicator_id, period_kind, period_start
),

judged as (
    select
        s.*,
        r.water_share_decimals,
        s.n_valid >= r.water_share_min_coverage * s.n_expected as is_covered
    from sums as s
    inner join {{ ref('int_water_rules') }} as r on {{ in_force('s.period_end', 'r') }}
)

select
    s.indicator_id,
    coalesce(i.name_zh, s.indicator_id) as indicator_name_zh,
    '{{ sql_text("area_code") }}' as area_code,
    '{{ sql_text("area_name_zh") }}' as area_name_zh,
    s.period_kind,
    s.period_start,
    s.period_end,
    '' as variant,
    case
        when not s.is_pending and s.is_covered
            then {{ round_even_by(exact_quotient('s.part * 100', 's.whole'), 's.water_share_decimals') }}
    end as value,
    '%' as unit,
    cast(s.n_expected as bigint) as n_expected,
    cast(s.n_valid as bigint) as n_valid,
    cast(s.n_suspect as bigint) as n_suspect,
    {{ coverage('s.n_valid', 's.n_expected') }} as coverage,
    case
        when s.is_pending then 'pending'
        when s.n_valid = 0 or not s.is_covered then 'insufficient'
        when s.n_valid < s.n_expected or s.n_indicative > 0 then 'indicative'
        else 'valid'
    end as validity,
    case
        when s.is_pending then 'the year is not over'
        when s.n_valid = 0 then 'no section with a class of the period and the attributes needed'
        when not s.is_covered
            then concat(
                    s.n_valid, ' of ', s.n_expected, ' sections have a class',
                    case when s.n_valid < s.n_with_class then ' and the attributes needed' else '' end,
                    '; left out: ', s.left_out
                )
        when s.n_valid < s.n_expected
            then concat_ws(
                    '; ', concat(s.n_expected - s.n_valid, ' sections left out: ', s.left_out),
                    case when s.n_indicative > 0 then concat('class indicative: ', s.doubts) end
                )
        when s.n_indicative > 0 then concat(s.n_indicative, ' sections whose class is indicative: ', s.doubts)
        else ''
    end as validity_reason,
    '环办〔2011〕22号; GB 3838-2002' as standard,
    case s.indicator_id
        when 'assessed_section_attainment' then '断面达标率: sections with class at or above target : assessed sections'
        else '劣V类水质河长比例: km worse than V : km monitored'
    end as clause,
    {{ provenance_of_rank('s.provenance_rank') }} as provenance
from judged as s
left join {{ ref('plan_indicators') }} as i on s.indicator_id = i.indicator_id
