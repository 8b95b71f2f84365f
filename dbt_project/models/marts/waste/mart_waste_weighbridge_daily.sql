{#-
  Weighbridge × day: loads, net tonnes and how many loads contradict the rules of a weighbridge (project choice): tare,
  time between weighings of a plate, stay. What the source does not deliver is not judged: null, and named. Registered
  weighbridges are there on every day of the feed, with or without loads: one without is closed or not delivered.
  Findings leave no load out of a total. Mass and each rule's findings have a verdict each.
-#}
{%- set rules = [
    ('tare', 'loads_tare_judged', reason('tare_not_judged'),
     reason('loads_judged', '@tare', 'v.loads_tare_judged', 'v.n_expected')),
    ('plate', 'loads_gap_judged', reason('plate_not_judged'),
     reason('loads_judged', '@plate', 'v.loads_gap_judged', 'v.n_expected')),
    ('stay', 'loads_stay_judged', reason('stay_not_judged'),
     reason('loads_judged', '@stay', 'v.loads_stay_judged', 'v.n_expected'))
] %}
with counted as (
    select
        day,
        site_id,
        count(*) as n_expected,
        sum(case when is_usable then 1 else 0 end) as n_valid,
        sum(case when is_usable and flag = {{ suspect_flag() }} then 1 else 0 end) as n_suspect,
        sum(case when is_usable then net_t end) as net_t,
        count(tare_deviates) as loads_tare_judged,
        count(case when tare_deviates then 1 end) as loads_tare_deviating,
        count(follows_too_soon) as loads_gap_judged,
        count(case when follows_too_soon then 1 end) as loads_too_soon,
        count(stay_is_outside) as loads_stay_judged,
        count(case when stay_is_outside then 1 end) as loads_stay_outside,
        count(case when changes_category then 1 end) as loads_category_changed,
        count(coalesce(tare_deviates, follows_too_soon, stay_is_outside)) as loads_judged,
        count(case when tare_deviates or follows_too_soon or stay_is_outside then 1 end) as loads_inconsistent,
        count(distinct extract(hour from weighed_in)) as hours_with_loads,
        max(extract(hour from weighed_in)) - min(extract(hour from weighed_in)) + 1 as hours_open,
        {{ least_provenance('provenance') }} as provenance
    from {{ ref('int_waste_load') }}
    group by day, site_id
),

register as (
    select
        site_id,
        name_zh,
        area_code,
        kind,
        provenance,
        valid_from,
        least(valid_to, lead(valid_from) over (partition by site_id order by valid_from) - 1) as valid_to
    from {{ ref('stg_site_register') }}
    where feed = 'waste'
),

span as (
    select min(day) as first_day from counted
),

places as (
    select
        day,
        site_id
    from counted
    union
    select
        d.day,
        r.site_id
    from ({{ day_series("(select first_day from span)", last_complete_day()) }}) as d
    inner join register as r on {{ in_force('d.day', 'r') }}
    where r.kind = 'weighbridge'
),

joined as (
    select
        w.day,
        w.site_id,
        coalesce(s.name_zh, w.site_id) as site_name_zh,
        s.area_code,
        coalesce(c.n_expected, 0) as n_expected,
        coalesce(c.n_valid, 0) as n_valid,
        coalesce(c.n_suspect, 0) as n_suspect,
        c.net_t,
        c.loads_tare_judged,
        c.loads_tare_deviating,
        c.loads_gap_judged,
        c.loads_too_soon,
        c.loads_stay_judged,
        c.loads_stay_outside,
        c.loads_category_changed,
        c.loads_judged,
        c.loads_inconsistent,
        c.hours_with_loads,
        c.hours_open,
        coalesce(c.provenance, s.provenance) as provenance,
        {{ hours_after('w.day + interval 1 day', 'f.lateness_allowed_hours') }} > {{ as_of() }} as is_pending,
        r.waste_coverage_valid,
        r.waste_coverage_indicative,
        r.waste_rate_decimals,
        {{ exact_quotient('c.loads_inconsistent * 100', 'c.loads_judged') }} as inconsistent
    from places as w
    inner join {{ ref('feed_cadence') }} as f on f.feed = 'waste'
    inner join {{ ref('int_waste_rules') }} as r on {{ in_force('w.day', 'r') }}
    left join counted as c on w.day = c.day and w.site_id = c.site_id
    left join register as s on w.site_id = s.site_id and {{ in_force('w.day', 's') }}
),

verdicts as (
    select
        *,
        case
            when is_pending then 'pending'
            when n_expected = 0 then 'insufficient'
            when n_valid >= n_expected * waste_coverage_valid then 'valid'
            when n_valid >= n_expected * waste_coverage_indicative then 'indicative'
            else 'insufficient'
        end as validity,
    {%- for rule, judged, lacks, some in rules %}
        case
            when is_pending then 'pending'
            when coalesce({{ judged }}, 0) = 0 then 'insufficient'
            when {{ judged }} >= n_expected * waste_coverage_valid then 'valid'
            else 'indicative'
        end as {{ rule }}_validity
        {{- ',' if not loop.last }}
    {%- endfor %}
    from joined
)

select
    v.day,
    v.site_id,
    v.site_name_zh,
    v.area_code,
    {{ area_name('v.area_code', 'a.name_zh') }} as area_name_zh,
    cast(v.n_valid as bigint) as loads,
    cast(case when v.validity <> 'insufficient' then v.net_t end as decimal(24, 6)) as net_t,
    cast(v.loads_tare_judged as bigint) as loads_tare_judged,
    cast(case when v.loads_tare_judged > 0 then v.loads_tare_deviating end as bigint) as loads_tare_deviating,
    cast(v.loads_gap_judged as bigint) as loads_gap_judged,
    cast(case when v.loads_gap_judged > 0 then v.loads_too_soon end as bigint) as loads_too_soon,
    cast(v.loads_stay_judged as bigint) as loads_stay_judged,
    cast(case when v.loads_stay_judged > 0 then v.loads_stay_outside end as bigint) as loads_stay_outside,
    cast(case when v.loads_gap_judged > 0 then v.loads_category_changed end as bigint) as loads_category_changed,
    cast(null as bigint) as loads_over_rated,
    cast(v.loads_judged as bigint) as loads_judged,
    cast(case when v.loads_judged > 0 then v.loads_inconsistent end as bigint) as loads_inconsistent,
    cast({{ round_even_by('v.inconsistent', 'v.waste_rate_decimals') }} as decimal(9, 4)) as inconsistent_pct,
    cast(v.hours_with_loads as bigint) as hours_with_loads,
    cast(v.hours_open - v.hours_with_loads as bigint) as hours_without_loads,
    cast(null as decimal(24, 6)) as plant_log_t,
    cast(null as decimal(9, 4)) as plant_log_difference_pct,
    concat_ws(
        ';',
        {%- for rule, judged, lacks, some in rules %}
            case when v.{{ judged }} = 0 then {{ lacks }} end,
        {%- endfor %}
        {{ reason('rated_load_not_judged') }},
        {{ reason('plant_log_not_judged') }}
    ) as not_judged,
    cast(v.n_expected as bigint) as n_expected,
    cast(v.n_valid as bigint) as n_valid,
    cast(v.n_suspect as bigint) as n_suspect,
    {{ coverage('v.n_valid', 'v.n_expected') }} as coverage,
    v.validity,
    case
        when v.is_pending then {{ reason('loads_of_day_can_still_arrive') }}
        when v.n_expected = 0 then {{ reason('no_load_received') }}
        when v.n_valid < v.n_expected
            then {{ reason('loads_left_out', 'v.n_expected - v.n_valid', 'v.n_expected') }}
        else ''
    end as validity_reason,
    {%- for rule, judged, lacks, some in rules %}
        v.{{ rule }}_validity,
        case
            when v.is_pending then {{ reason('loads_of_day_can_still_arrive') }}
            when v.n_expected = 0 then {{ reason('no_load_received') }}
            when v.{{ judged }} = 0 then {{ lacks }}
            when v.{{ rule }}_validity = 'indicative'
                then {{ some }}
            else ''
        end as {{ rule }}_reason,
    {%- endfor %}
    case
        when v.is_pending then 'pending'
        when coalesce(v.loads_judged, 0) = 0 then 'insufficient'
        when v.tare_validity = 'valid' and v.plate_validity = 'valid' and v.stay_validity = 'valid' then 'valid'
        else 'indicative'
    end as inconsistent_validity,
    case
        when v.is_pending then {{ reason('loads_of_day_can_still_arrive') }}
        when v.n_expected = 0 then {{ reason('no_load_received') }}
        else concat_ws(
                ';',
                {%- for rule, judged, lacks, some in rules %}
                    case
                        when v.{{ rule }}_validity <> 'valid'
                            then {{ some }}
                    end
                    {{- ',' if not loop.last }}
                {%- endfor %}
            )
    end as inconsistent_reason,
    r.standard,
    r.clause,
    v.provenance
from verdicts as v
left join {{ ref('stg_area_name') }} as a on v.area_code = a.area_code
-- The document is that of rule waste_tare_deviation_pct; the other rules of a weighbridge have the same.
inner join {{ ref('int_rules') }} as r on r.rule_id = 'waste_tare_deviation_pct' and {{ in_force('v.day', 'r') }}
