{#- The seeds rule_values and rule_values_totals with the configuration's own values laid over it (var rule_overrides: rule id to value). -#}
select
    rule_id,
    {{ overridden_rule('rule_id', 'value') }} as rule_value,
    unit,
    standard,
    clause,
    valid_from,
    valid_to
from (
    select rule_id, value, unit, standard, clause, valid_from, valid_to from {{ ref('rule_values') }}
    union all
    select rule_id, value, unit, standard, clause, valid_from, valid_to from {{ ref('rule_values_totals') }}
) as v
