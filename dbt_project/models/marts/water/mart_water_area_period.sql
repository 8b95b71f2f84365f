{#-
  River, subdistrict and district x month, quarter, year and year to date: sections and river length by class, the grade
  and by which rule, main pollutants, attainment of class targets (all sections with a target, and the assessed ones). From five sections on the grade comes from the shares
  of classes, below from the class of the mean of each item over the sections; never from an average of classes. Sections
  without a class (dry, not monitored) leave every denominator; every reach takes the class of its section. Shares, length
  and both attainments have their own verdicts; `validity` is that of the grade.
-#}
{%- set classes = [
    ('I', 'i'), ('II', 'ii'), ('III', 'iii'), ('IV', 'iv'), ('V', 'v'), ('worse_than_V', 'worse_than_v')
] %}
{%- set key = ['place_kind', 'place_id', 'period_kind', 'period_start'] %}
with counts as (
    select
        a.place_kind,
        a.place_id,
        a.period_kind,
        a.period_start,
        max(a.period_end) as period_end,
        max(a.area_name_zh) as area_name_zh,
        bool_or(a.is_pending) as is_pending,
        count(*) as n_expected,
        count(a.class_rank) as n_valid,
        count(case when a.class_rank is not null and a.validity <> 'valid' then 1 end) as n_indicative,
        count(distinct case when a.class_rank is not null then a.water_type end) as n_water_types,
        count(case when a.class_rank <= r.water_exceedance_class_rank then 1 end) as n_good,
        {%- for class, name in classes %}
            count(case when a.water_class = '{{ class }}' then 1 end) as n_{{ name }},
            coalesce(sum(case when a.water_class = '{{ class }}' then a.reach_length_km end), 0) as km_{{ name }},
        {%- endfor %}
        coalesce(sum(case when a.class_rank is not null then a.reach_length_km end), 0) as km_monitored,
        count(case when a.class_rank is not null and a.class_target is not null then 1 end) as n_with_target,
        count(case when a.attains_target then 1 end) as n_attaining,
        count(case when a.assessed and a.attains_target is not null then 1 end) as n_assessed,
        count(case when a.assessed and a.attains_target then 1 end) as n_assessed_attaining,
        count(case when a.n_suspect > 0 then 1 end) as n_suspect,
        -- A lake has no reach: it is not a river that lacks its length.
        count(case when a.water_type is distinct from 'lake_reservoir' or a.reach_length_km is not null then 1 end)
            as n_reaches,
        count(case when a.class_rank is not null then a.reach_length_km end) as n_lengths,
        count(a.class_target) as n_targets,
        count(case when a.assessed then 1 end) as n_assessed_expected,
        count(case
            when a.class_rank is not null and a.reach_length_km is not null and a.validity <> 'valid' then 1
        end) as n_lengths_indicative,
        count(case
            when a.class_rank is not null and a.class_target is not null and a.validity <> 'valid' then 1
        end) as n_targets_indicative,
        count(case
            when a.assessed and a.attains_target is not null and a.validity <> 'valid' then 1
        end) as n_assessed_indicative,
        coalesce(
            min(case when a.class_rank is not null then a.provenance_rank end), min(a.provenance_rank)
        ) as provenance_rank
    from {{ ref('int_water_area_section') }} as a
    inner join {{ ref('int_water_rules') }} as r on {{ in_force('a.period_end', 'r') }}
    group by a.place_kind, a.place_id, a.period_kind, a.period_start
),

exceeding as (
    select
        a.place_kind,
        a.place_id,
        a.period_kind,
        a.period_start,
        c.parameter,
        max(c.item_zh) as item_zh,
        max(r.water_main_pollutants) as water_main_pollutants,
        row_number() over (
            partition by a.place_kind, a.place_id, a.period_kind, a.period_start
            order by
                bool_or(c.named_first) desc, count(*) desc, max(c.class_rank) desc,
                max(c.exceedance_multiple) desc nulls last, c.parameter asc
        ) as pollutant_place
    from {{ ref('int_water_area_section') }} as a
    inner join {{ ref('int_water_item_class') }} as c
        on a.period_kind = c.period_kind and a.period_start = c.period_start and a.site_id = c.site_id
    inner join {{ ref('int_water_rules') }} as r on {{ in_force('a.period_end', 'r') }}
    where a.class_rank is not null and c.in_class_assessment and c.class_rank > r.water_exceedance_class_rank
    group by a.place_kind, a.place_id, a.period_kind, a.period_start, c.parameter
),

pollutants as (
    select
        {{ key | join(', ') }},
        {{ joined('case when pollutant_place <= water_main_pollutants then item_zh end', '、', 'pollutant_place') }}
            as main_pollutants_zh
    from exceeding
    group by {{ key | join(', ') }}
),

shares as (
    select
        c.*,
        c.n_valid >= r.water_river_share_sections as by_shares,
        {%- for _, name in classes %}
            {{ round_even_by(exact_quotient('c.n_' ~ name ~ ' * 100', 'c.n_valid'), 'r.water_share_decimals') }}
                as share_{{ name }}_pct,
        {%- endfor %}
        {{ round_even_by(exact_quotient('c.n_good * 100', 'c.n_valid'), 'r.water_share_decimals') }} as good_share_pct,
        {{ round_even_by(exact_quotient('c.km_worse_than_v * 100', 'c.km_monitored'), 'r.water_share_decimals') }}
            as worse_than_v_length_pct,
        {{ round_even_by(exact_quotient('c.n_attaining * 100', 'c.n_with_target'), 'r.water_share_decimals') }}
            as attainment_pct,
        {{ round_even_by(exact_quotient('c.n_assessed_attaining * 100', 'c.n_assessed'), 'r.water_share_decimals') }}
            as assessed_attainment_pct,
        {{ water_values_used('r.water_statistics_rounded') }} as values_used
    from counts as c
    inner join {{ ref('int_water_rules') }} as r on {{ in_force('c.period_end', 'r') }}
)

select
    s.place_kind,
    s.place_id,
    s.area_name_zh as place_name_zh,
    s.period_kind,
    s.period_start,
    s.period_end,
    {%- for _, name in classes %}
        cast(case when s.n_valid > 0 then s.n_{{ name }} end as bigint) as n_{{ name }},
    {%- endfor %}
    {%- for _, name in classes %}
        s.share_{{ name }}_pct,
    {%- endfor %}
    s.good_share_pct,
    {%- for _, name in classes %}
        cast(case when s.n_valid > 0 then s.km_{{ name }} end as decimal(18, 6)) as km_{{ name }},
    {%- endfor %}
    cast(case when s.n_valid > 0 then s.km_monitored end as decimal(18, 6)) as km_monitored,
    s.worse_than_v_length_pct,
    case when s.n_valid = 0 then null when s.by_shares then 'class_shares' else 'item_means' end as grade_method,
    case when s.by_shares then g.grade_zh else k.grade_zh end as grade_zh,
    cast(case when s.by_shares then g.grade_rank else k.grade_rank end as bigint) as grade_rank,
    k.water_class,
    cast(k.class_rank as bigint) as class_rank,
    k.water_class_zh,
    coalesce(m.deciding_items_zh, '') as deciding_items_zh,
    coalesce(case when s.by_shares then p.main_pollutants_zh else m.main_pollutants_zh end, '') as main_pollutants_zh,
    cast(case when s.n_valid > 0 then s.n_with_target end as bigint) as n_with_target,
    cast(case when s.n_valid > 0 then s.n_attaining end as bigint) as n_attaining,
    s.attainment_pct,
    cast(case when s.n_valid > 0 then s.n_assessed end as bigint) as n_assessed,
    cast(case when s.n_valid > 0 then s.n_assessed_attaining end as bigint) as n_assessed_attaining,
    s.assessed_attainment_pct,
    {%- for name, found, expected, indicative, lacking in [
        ('shares', 's.n_valid', 's.n_expected', 's.n_indicative', '@no_class'),
        ('length', 's.n_lengths', 's.n_reaches', 's.n_lengths_indicative', '@no_class_or_length'),
        ('attainment', 's.n_with_target', 's.n_targets', 's.n_targets_indicative', '@no_class'),
        ('assessed_attainment', 's.n_assessed', 's.n_assessed_expected', 's.n_assessed_indicative',
         '@no_class_or_target')
    ] %}
        case
            when s.is_pending then 'pending'
            when {{ found }} = 0 then 'insufficient'
            when {{ found }} < {{ expected }} or {{ indicative }} > 0 then 'indicative'
            else 'valid'
        end as {{ name }}_validity,
        case
            when s.is_pending then {{ reason('period_kind_not_over', {'words': "concat('@', s.period_kind)"}) }}
            when {{ expected }} = 0 then {{ reason('no_section_that_counts') }}
            when {{ found }} = 0 then {{ reason('no_section_has_what_it_needs', lacking) }}
            else concat_ws(
                    ';',
                    case
                        when {{ found }} < {{ expected }}
                            then {{ reason('sections_left_out_for', expected ~ ' - ' ~ found, lacking) }}
                    end,
                    case
                        when {{ indicative }} > 0
                            then {{ reason('sections_indicative', indicative) }}
                    end
                )
        end as {{ name }}_reason,
    {%- endfor %}
    s.values_used,
    cast(s.n_expected as bigint) as n_expected,
    cast(s.n_valid as bigint) as n_valid,
    cast(s.n_suspect as bigint) as n_suspect,
    {{ coverage('s.n_valid', 's.n_expected') }} as coverage,
    case
        when s.is_pending then 'pending'
        when s.n_valid = 0 then 'insufficient'
        when s.n_valid < s.n_expected or s.n_indicative > 0 then 'indicative'
        when not s.by_shares and k.class_rank is null then 'indicative'
        else 'valid'
    end as validity,
    case
        when s.is_pending then {{ reason('period_kind_not_over', {'words': "concat('@', s.period_kind)"}) }}
        when s.n_valid = 0 then {{ reason('no_section_with_class') }}
        when not s.by_shares and s.n_water_types > 1 then {{ reason('rivers_and_lakes_together') }}
        when s.n_valid < s.n_expected then {{ reason('sections_left_out', 's.n_expected - s.n_valid') }}
        when s.n_indicative > 0 then {{ reason('sections_indicative', 's.n_indicative') }}
        else ''
    end as validity_reason,
    '环办〔2011〕22号; GB 3838-2002' as standard,
    case
        when s.n_valid = 0 then 'grade of a river or area'
        when s.by_shares then coalesce(g.clause, 'class shares')
        else 'fewer sections than class shares need: mean of each item over the sections, then single factor'
    end as clause,
    {{ provenance_of_rank('s.provenance_rank') }} as provenance
from shares as s
left join {{ ref('int_water_deciding') }} as m
    on
        s.place_kind = m.place_kind and s.place_id = m.place_id
        and s.period_kind = m.period_kind and s.period_start = m.period_start
left join {{ ref('water_classes') }} as k on m.class_rank = k.class_rank and {{ in_force('s.period_end', 'k') }}
left join pollutants as p
    on
        s.place_kind = p.place_kind and s.place_id = p.place_id
        and s.period_kind = p.period_kind and s.period_start = p.period_start
left join {{ ref('water_river_grades') }} as g
    on
        s.by_shares and {{ in_force('s.period_end', 'g') }}
        and (g.good_share_from is null or s.good_share_pct >= g.good_share_from)
        and (g.good_share_below is null or s.good_share_pct < g.good_share_below)
        and (g.worse_share_from is null or s.share_worse_than_v_pct >= g.worse_share_from)
        and (g.worse_share_below is null or s.share_worse_than_v_pct < g.worse_share_below)
