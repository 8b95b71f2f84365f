{#-
  The seeds rule_values and rule_values_totals with the configuration's own values laid over them (var rule_overrides:
  rule id to value).
-#}
with seeded as (
    select rule_id, value, unit, standard, clause, valid_from, valid_to  -- noqa: LT09
    from {{ ref('rule_values') }}
    union all
    select rule_id, value, unit, standard, clause, valid_from, valid_to  -- noqa: LT09
    from {{ ref('rule_values_totals') }}
)

select
    rule_id,
    {{ overridden_rule('rule_id', 'value') }} as rule_value,
    unit,
    standard,
    clause,
    valid_from,
    valid_to
from seeded
