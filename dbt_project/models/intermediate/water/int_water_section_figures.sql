{#-
  Section x month, quarter, year and year to date: the class, what decides it, attainment of the target, and the values
  people look at, as the marts of sections publish them. A value is the assessed one where the months behind it suffice;
  each has its own verdict, `validity` is that of the class. A month that is not over shows its values so far. What is
  expected and valid: of a month its items among the 21, of a longer period its months.
-#}
{%- set shown = [
    ('ph', 'ph'), ('do', 'do_mg_l'), ('codmn', 'codmn_mg_l'), ('cod', 'cod_mg_l'), ('bod5', 'bod5_mg_l'),
    ('nh3n', 'nh3n_mg_l'), ('tp', 'tp_mg_l'), ('tn', 'tn_mg_l')
] %}
with section_values as (
    select
        period_kind,
        site_id,
        period_start,
    {%- for item, column in shown %}
        max(case when parameter = '{{ item }}' and is_sufficient then assessed_value end) as {{ column }},
        max(case when parameter = '{{ item }}' then n_months end) as {{ item }}_months,
        max(case when parameter = '{{ item }}' then n_suspect end) as {{ item }}_suspect,
        coalesce(bool_or(
            parameter = '{{ item }}' and n_suspect > 0
            and (is_sufficient is distinct from sure_is_sufficient or class_rank is distinct from sure_class_rank)
            ), false) as {{ item }}_is_decided{{ ',' if not loop.last }}
    {%- endfor %}
    from {{ ref('int_water_item_class') }}
    group by period_kind, site_id, period_start
),

figures as (
    select
        s.period_kind,
        s.period_start,
        s.period_end,
        s.site_id,
        s.site_name_zh,
        s.site_name_en,
        s.river_zh,
        s.network,
        s.area_code,
        {{ area_name('s.area_code', 'n.name_zh') }} as area_name_zh,
        s.water_type,
        s.reach_length_km,
        s.assessed,
        s.water_class,
        cast(s.class_rank as bigint) as class_rank,
        s.water_class_zh,
        s.grade_zh,
        coalesce(w.deciding_items, '') as deciding_items,
        coalesce(w.deciding_items_zh, '') as deciding_items_zh,
        coalesce(w.exceeding_zh, '') as exceeding_zh,
        coalesce(w.main_pollutants_zh, '') as main_pollutants_zh,
        w.largest_multiple,
        s.class_target,
        s.attains_target,
        case
            when s.class_rank is null then {{ reason('period_without_class') }}
            when not s.is_registered then {{ reason('site_not_in_register') }}
            when s.class_target is null then {{ reason('site_without_class_target') }}
            else ''
        end as attainment_reason,
        {%- for item, column in shown %}
            v.{{ column }},
            case
                when s.is_pending then 'pending'
                when v.{{ column }} is null then 'insufficient'
                when v.{{ item }}_months < s.n_months_valid or v.{{ item }}_is_decided then 'indicative'
                else 'valid'
            end as {{ item }}_validity,
            case
                when s.is_pending then {{ reason('period_kind_not_over', {'words': "concat('@', s.period_kind)"}) }}
                when v.{{ column }} is null and v.{{ item }}_months is null then {{ reason('no_usable_value') }}
                when v.{{ column }} is null
                    then {{ reason(
                        'too_few_months', 'v.' ~ item ~ '_months', 's.n_months_expected', 's.n_months_min'
                    ) }}
                else concat_ws(
                        ';',
                        case
                            when v.{{ item }}_months < s.n_months_valid
                                then {{ reason('months_there', 'v.' ~ item ~ '_months', 's.n_months_expected') }}
                        end,
                        case
                            when v.{{ item }}_is_decided
                                then {{ reason('suspects_decide_class', 'v.' ~ item ~ '_suspect') }}
                        end
                    )
            end as {{ item }}_reason,
        {%- endfor %}
        cast(s.n_values as bigint) as n_values,
        cast(s.n_suspect as bigint) as n_suspect,
        cast(s.n_items as bigint) as n_items,
        {{ water_values_used('r.water_statistics_rounded') }} as values_used,
        cast(case when s.period_kind = 'month' then s.n_class_items else s.n_months_expected end as bigint)
            as n_expected,
        cast(case when s.period_kind = 'month' then s.n_items else s.n_months end as bigint) as n_valid,
        s.validity,
        s.validity_reason,
        'GB 3838-2002' as standard,
        concat(
            'table 1, single factor over ',
            case when s.period_kind = 'month' then 'the items present' else 'means of monthly values' end,
            '; 环办〔2011〕22号; 环办监测函〔2020〕82号'
        ) as clause,
        {{ provenance_of_rank('s.provenance_rank') }} as provenance
    from {{ ref('int_water_section_class') }} as s
    inner join {{ ref('int_water_rules') }} as r on {{ in_force('s.period_end', 'r') }}
    left join {{ ref('int_water_deciding') }} as w
        on
            w.place_kind = 'section' and s.site_id = w.place_id
            and s.period_kind = w.period_kind and s.period_start = w.period_start and s.is_published
    left join section_values as v
        on
            s.period_kind = v.period_kind and s.site_id = v.site_id and s.period_start = v.period_start
            and (s.period_kind = 'month' or not s.is_pending)
    left join {{ ref('stg_area_name') }} as n on s.area_code = n.area_code
)

select
    *,
    {{ coverage('n_valid', 'n_expected') }} as coverage
from figures
