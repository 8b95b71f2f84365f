{#-
  District x month x item: mean and percentile of the daily district values, against the limits of the edition. A period
  that spans two editions stands once per edition, and added up as mixed_standard without a verdict.
-#}
select
    s.place_id as area_code,
    '{{ sql_text("area_name_zh") }}' as area_name_zh,
    s.period_start as month_start,
    s.period_end as month_end,
    s.edition,
    {{ air_item_result() }}
from {{ ref('int_air_period_assessed') }} as s
where s.basis = 'published' and s.place_kind = 'district' and s.period_kind = 'month'
