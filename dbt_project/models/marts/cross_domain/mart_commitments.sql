{#-
  The further commitments of each plan's text, judged as the scorecard is. A measured commitment takes its value from
  mart_indicator_values, any other from what the responsible unit reports (seed commitment_judgement); texts without a
  number are judged by the unit's finding or wait for the municipality's number.
-#}
select
    f.plan_id,
    f.plan_name_zh,
    f.promise_id as commitment_id,
    p.chapter,
    p.theme,
    p.name_zh as commitment_name_zh,
    case when f.value_item = '' then 'mart_indicator_values' else f.value_item end as value_source,
    x.chapter as plan_text_chapter,
    x.text_zh as plan_text_zh,
    {{ all_but('f', ['plan_id', 'plan_name_zh', 'promise_kind', 'promise_id', 'value_item']) }}
from {{ ref('int_plan_figures') }} as f
inner join {{ declared('plan_commitments') }} as p on f.plan_id = p.plan_id and f.promise_id = p.commitment_id
left join {{ declared('plan_texts') }} as x on f.plan_id = x.plan_id and f.promise_id = x.promise_id
where f.promise_kind = 'commitment'
