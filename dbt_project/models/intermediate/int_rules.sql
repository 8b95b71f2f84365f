{#-
  The seeds rule_values and rule_values_totals with the configuration's own values laid over them (var rule_overrides:
  rule id to value). The value of the standard is next to it, so that an override shows.
-#}
{%- set overrides = var('rule_overrides') %}
with seeded as (
    select *
    from {{ ref('rule_values') }}
    union all
    select *
    from {{ ref('rule_values_totals') }}
)

select
    rule_id,
    {%- if overrides %}
        case rule_id
            {%- for id in overrides %}
                when '{{ id }}' then cast({{ overrides[id] }} as decimal(18, 6))
            {%- endfor %}
            else value
        end as rule_value,
        rule_id in ('{{ overrides | join("', '") }}')
            as is_overridden,
    {%- else %}
        value as rule_value,
        false as is_overridden,
    {%- endif %}
    value as standard_value,
    unit,
    standard,
    clause,
    valid_from,
    valid_to,
    certainty,
    source,
    note
from seeded
