{#-
  Basis x place x day x item of the index with its IAQI. Ozone above the top of its 8 h table, where the edition does not
  compute it, takes the index of the 1 h maximum. Without suspect readings: sure_iaqi.
-#}
{{ config(meta={'by_day': {'reads': {'int_air_day_item': [0, 0]}}}) }}
with tables as (
    select distinct
        pollutant,
        averaging,
        valid_from,
        valid_to
    from {{ ref('aqi_breakpoints') }}
),

-- An item's value, and where suspect readings went in, its value without them.
inputs as (
    {%- for reading_set, column, condition in [
        ('all', 'd.index_input', 'd.index_input >= 0'),
        ('sure', 'd.sure_index_input as index_input', 'd.sure_index_input >= 0 and d.n_suspect > 0')
    ] %}
        select
            '{{ reading_set }}' as reading_set,
            d.basis,
            d.place_kind,
            d.place_id,
            d.day,
            d.item,
            d.pollutant,
            d.averaging,
            t.valid_from,
            {{ column }}
        from {{ days_of(ref('int_air_day_item')) }} as d
        inner join tables as t
            on d.pollutant = t.pollutant and d.averaging = t.averaging and {{ in_force('d.rule_day', 't') }}
        where {{ condition }}
        {{- ' union all' if not loop.last }}
    {%- endfor %}
),

-- Inputs are rounded and so repeat: the index of each is computed once.
indices as (
    select
        v.pollutant,
        v.averaging,
        v.valid_from,
        v.index_input,
        {{ air_iaqi('v.index_input', 'b') }} as iaqi,
        v.index_input > max(b.bp_high) as is_above_top
    from (
        select distinct
            pollutant,
            averaging,
            valid_from,
            index_input
        from inputs
    ) as v
    inner join {{ ref('aqi_breakpoints') }} as b
        on v.pollutant = b.pollutant and v.averaging = b.averaging and v.valid_from = b.valid_from
    group by v.pollutant, v.averaging, v.valid_from, v.index_input
),

indexed as (
    select
        i.reading_set,
        i.basis,
        i.place_kind,
        i.place_id,
        i.day,
        i.item,
        x.iaqi,
        x.is_above_top
    from inputs as i
    inner join indices as x
        on
            i.pollutant = x.pollutant and i.averaging = x.averaging and i.valid_from = x.valid_from
            and i.index_input = x.index_input
)

select
    d.*,
    coalesce(x.iaqi, case when x.is_above_top then f.iaqi end) as iaqi,
    case
        when coalesce(d.n_suspect, 0) = 0 then coalesce(x.iaqi, case when x.is_above_top then f.iaqi end)
        else coalesce(sx.iaqi, case when sx.is_above_top then sf.iaqi end)
    end as sure_iaqi
from {{ days_of(ref('int_air_day_item')) }} as d
{%- for alias, fallback, reading_set in [('x', 'f', 'all'), ('sx', 'sf', 'sure')] %}
left join indexed as {{ alias }}
    on
        d.basis = {{ alias }}.basis and d.place_kind = {{ alias }}.place_kind and d.place_id = {{ alias }}.place_id
        and d.day = {{ alias }}.day and d.item = {{ alias }}.item and {{ alias }}.reading_set = '{{ reading_set }}'
left join indexed as {{ fallback }}
    on
        d.basis = {{ fallback }}.basis and d.place_kind = {{ fallback }}.place_kind
        and d.place_id = {{ fallback }}.place_id and d.day = {{ fallback }}.day and d.item = 'o3_8h'
        and {{ fallback }}.item = 'o3_1h' and {{ fallback }}.reading_set = '{{ reading_set }}'
{%- endfor %}
