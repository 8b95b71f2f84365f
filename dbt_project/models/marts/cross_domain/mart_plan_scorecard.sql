{#-
  The indicators of each plan: baseline, target, latest full year, status (int_plan_judged), pace, projection for the
  target year and whether the target can still be met. Later years and the year to date are next to it, marked.
-#}
select
    f.plan_id,
    f.plan_name_zh,
    f.promise_id as indicator_id,
    p.seq,
    p.theme_zh,
    p.name_zh,
    p.obligation,
    x.chapter as plan_text_chapter,
    x.text_zh as plan_text_zh,
    {{ all_but('f', ['plan_id', 'plan_name_zh', 'promise_kind', 'promise_id', 'value_item']) }}
from {{ ref('int_plan_figures') }} as f
inner join {{ declared('plan_indicators') }} as p on f.plan_id = p.plan_id and f.promise_id = p.indicator_id
left join {{ declared('plan_texts') }} as x on f.plan_id = x.plan_id and f.promise_id = x.promise_id
where f.promise_kind = 'indicator'
