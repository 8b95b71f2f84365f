{#-
  The 38 further commitments of the plan's text, judged as the scorecard is. A measured commitment takes its value from
  mart_indicator_values, any other from what the responsible unit reports (seed commitment_judgement); texts without a
  number are judged by the unit's finding or wait for the municipality's number.
-#}
select
    d.plan_id as commitment_id,
    p.chapter,
    p.theme,
    p.name_zh,
    d.unit,
    case when d.value_item = '' then 'mart_indicator_values' else d.value_item end as value_source,
    d.is_judged_each_year,
    {{ judged_columns() }}
from {{ ref('int_plan_judged') }} as d
inner join {{ ref('plan_commitments_2025') }} as p on d.plan_id = p.commitment_id
inner join {{ ref('status_words') }} as w on d.status = w.status
where d.plan_kind = 'commitment'
