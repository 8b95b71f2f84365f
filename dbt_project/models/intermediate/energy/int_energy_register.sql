{#-
  What cumulative registers of meters counted between two readings, in the shape of a reading: `amount` is the difference,
  for a register of what went back as well, which is taken off. A register that shows less than before has turned over
  where its site has a capacity, the reading before is near it and this one near 0: then it counted to the capacity and
  on from 0. Otherwise it was exchanged, and what it counted in between is not known. An exchange costs nothing where the
  last reading of the old meter and the first of the new are both there, a minute apart. An interval of up to a day that
  crosses the end of a month is divided by its minutes; both parts add up to the difference. Every reading of a series is
  read, so that a corrected last reading of a month changes the first interval of the next.
-#}
with readings as (
    select
        site_id,
        carrier,
        flow,
        sector,
        metering,
        period_end as read_at,
        amount as reading,
        unit,
        flag,
        provenance
    from {{ ref('stg_energy') }}
    where metering in ('register', 'register_out') and is_usable
),

stepped as (
    select
        *,
        lag(read_at) over series as previous_at,
        lag(reading) over series as previous_reading,
        lag(flag) over series as previous_flag,
        lag(provenance) over series as previous_provenance
    from readings
    window series as (partition by site_id, carrier, flow, sector, metering order by read_at)
),

counted as (
    select
        s.*,
        case
            when s.reading >= s.previous_reading then s.reading - s.previous_reading
            when
                s.previous_reading <= c.register_capacity
                and s.previous_reading >= c.register_capacity * (1 - r.energy_register_turn_share)
                and s.reading <= c.register_capacity * r.energy_register_turn_share
                then s.reading + c.register_capacity - s.previous_reading
        end as counted
    from stepped as s
    inner join {{ ref('int_energy_rules') }} as r on {{ in_force('cast(s.read_at as date)', 'r') }}
    left join {{ ref('stg_site_register') }} as c
        on c.feed = 'energy' and s.site_id = c.site_id and {{ in_force('cast(s.previous_at as date)', 'c') }}
    where s.previous_at < s.read_at
),

both_ways as (
    select distinct
        site_id,
        carrier,
        flow,
        sector
    from readings
    where metering = 'register_out'
),

-- What went back is taken off where both registers were read at the same times; elsewhere the rest is not known.
netted as (
    select
        i.site_id,
        i.carrier,
        i.flow,
        i.sector,
        i.previous_at as period_start,
        i.read_at as period_end,
        i.unit,
        case when b.site_id is null then i.counted else i.counted - o.counted end as amount,
        greatest(i.flag, i.previous_flag, coalesce(o.flag, i.flag), coalesce(o.previous_flag, i.flag)) as flag,
        {{ lesser_provenance(
            lesser_provenance('i.provenance', 'i.previous_provenance'),
            lesser_provenance('o.provenance', 'o.previous_provenance')
        ) }} as provenance
    from counted as i
    left join both_ways as b
        on i.site_id = b.site_id and i.carrier = b.carrier and i.flow = b.flow and i.sector = b.sector
    left join counted as o
        on
            i.site_id = o.site_id
            and i.carrier = o.carrier
            and i.flow = o.flow
            and i.sector = o.sector
            and i.previous_at = o.previous_at
            and i.read_at = o.read_at
            and o.metering = 'register_out'
    where i.metering = 'register'
),

bordered as (
    select
        *,
        cast(date_trunc('month', period_end) as timestamp) as border,
        cast(date_trunc('month', period_end) as timestamp) > period_start
        and cast(date_trunc('month', period_end) as timestamp) < period_end
        and period_end <= period_start + interval 1 day as is_divided
    from netted
),

divided as (
    select
        *,
        {{ amount_of_part(
            'amount', minutes_between('period_start', 'border'), minutes_between('period_start', 'period_end')
        ) }} as amount_before
    from bordered
),

parts as (
    select
        site_id,
        carrier,
        flow,
        sector,
        period_start,
        case when is_divided then border else period_end end as period_end,
        case when is_divided then amount_before else amount end as amount,
        unit,
        flag,
        provenance
    from divided
    union all
    select
        site_id,
        carrier,
        flow,
        sector,
        border as period_start,
        period_end,
        amount - amount_before as amount,
        unit,
        flag,
        provenance
    from divided
    where is_divided
)

select
    site_id,
    carrier,
    flow,
    sector,
    'meter' as metering,
    period_start,
    period_end,
    cast(date_trunc('month', period_start) as date) as month,
    cast(date_trunc('year', period_start) as date) as year_start,
    cast(amount as decimal(18, 6)) as amount,
    unit,
    flag,
    amount is not null as is_usable,
    provenance
from parts
