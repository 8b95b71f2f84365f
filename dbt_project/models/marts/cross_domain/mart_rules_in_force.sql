{#-
  Every number of a statistical rule that the marts are computed by, with the span of days it holds, the value of the
  standard next to it and how sure that is; and every threshold of a quality test that a source sets for its own readings.
  What the configuration overrides is marked: nothing is changed unseen.
-#}
with statistical as (
    select
        rule_id,
        row_number() over (partition by rule_id, valid_from order by standard_value) as value_no,
        cast(rule_value as decimal(18, 6)) as value,  -- noqa: LT09
        standard_value as value_of_standard,
        is_overridden,
        unit,
        standard,
        clause,
        valid_from,
        valid_to,
        certainty,
        source,
        coalesce(note, '') as note,
        cast(null as varchar) as source_id,
        cast(null as varchar) as parameter,
        cast(null as varchar) as threshold
    from {{ ref('int_rules') }}
),

own_thresholds as (
    {%- for row in var('own_thresholds') %}
        select
        {%- for name in ['source_id', 'parameter', 'threshold', 'value', 'value_of_registry', 'unit', 'feed'] %}
                '{{ row[name] }}' as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
        union all
    {%- endfor %}
    select
    {%- for name in ['source_id', 'parameter', 'threshold', 'value', 'value_of_registry', 'unit', 'feed'] %}
            cast(null as varchar) as {{ name }}{{ ',' if not loop.last }}
    {%- endfor %}
    where false
),

quality as (
    select
        'threshold:' || t.source_id || ':' || t.parameter || ':' || t.threshold as rule_id,
        cast(1 as bigint) as value_no,
        cast(t.value as decimal(18, 6)) as value,  -- noqa: LT09
        cast(nullif(t.value_of_registry, '') as decimal(18, 6)) as value_of_standard,
        true as is_overridden,
        t.unit,
        'IOOS QARTOD' as standard,
        t.threshold as clause,
        -- It holds for every reading: from the first day of any rule.
        (select min(s.valid_from) from statistical as s) as valid_from,
        cast(null as date) as valid_to,
        'low' as certainty,
        'sources/registry/feeds/' || t.feed || '.toml' as source,
        'quality flags of readings of source ' || t.source_id || ' only' as note,
        t.source_id,
        t.parameter,
        t.threshold
    from own_thresholds as t
)

select * from statistical
union all
select * from quality
