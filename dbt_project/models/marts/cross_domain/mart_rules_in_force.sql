{#-
  Every number of a statistical rule that the marts are computed by, with the span of days it holds, the value of the
  standard beside it and how sure that is. What the configuration overrides is marked: nothing is changed unseen.
-#}
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
    coalesce(note, '') as note
from {{ ref('int_rules') }}
