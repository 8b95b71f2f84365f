{#-
  The seeds rule_values and rule_values_totals with the configuration's own values laid over them (var rule_overrides:
  rule id to value). The value of the standard stands beside, so that an override shows.
-#}
with seeded as (
    select *
    from {{ ref('rule_values') }}
    union all
    select *
    from {{ ref('rule_values_totals') }}
)

select
    rule_id,
    {{ overridden_rule('rule_id', 'value') }} as rule_value,
    value as standard_value,
    {{ is_overridden_rule('rule_id') }} as is_overridden,
    unit,
    standard,
    clause,
    valid_from,
    valid_to,
    certainty,
    source,
    note
from seeded
