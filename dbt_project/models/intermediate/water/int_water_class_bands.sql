{#-
  The limits of GB 3838 as bands: a value keeps the limits of its class and not those of the class before it, and so lies in
  one band of its item and water type (water_in_class, water_class_rank). The last band, one class worse than the last, has
  no limits of its own.
-#}
with classes as (
    select
        parameter,
        water_type,
        valid_from,
        valid_to,
        class_rank,
        limit_low,
        limit_high,
        min(class_rank) over (partition by parameter, water_type, valid_from) as best_rank,
        max(class_rank) over (partition by parameter, water_type, valid_from) as last_rank
    from {{ ref('gb3838_limits') }}
)

select
    c.parameter,
    c.water_type,
    c.valid_from,
    c.valid_to,
    c.best_rank,
    c.class_rank,
    c.limit_low,
    c.limit_high,
    lag(c.limit_low) over (partition by c.parameter, c.water_type, c.valid_from order by c.class_rank) as before_low,
    lag(c.limit_high) over (partition by c.parameter, c.water_type, c.valid_from order by c.class_rank) as before_high
from classes as c
union all
select
    parameter,
    water_type,
    valid_from,
    valid_to,
    best_rank,
    class_rank + 1 as class_rank,
    null as limit_low,
    null as limit_high,
    limit_low as before_low,
    limit_high as before_high
from classes
where class_rank = last_rank
