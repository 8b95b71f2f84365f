{#-
  Dustfall 降尘量, t/(km2.30d): points, subdistricts and the district by month, year and year to date. Two series, both kept:
  dust_included, and dust_excluded, which leaves months touched by a notified dust period out. Areas are means over their
  assessed points. The commitment (4.1.1) is judged on the district's year without dust.
-#}
with entries as (
    select
        p.place_id,
        p.period_kind,
        p.period_start,
        p.variant,
        s.name_zh,
        row_number() over (
            partition by p.place_id, p.period_kind, p.period_start, p.variant order by s.valid_from desc
        ) as entry_place
    from {{ ref('int_air_dustfall') }} as p
    inner join {{ ref('stg_site_register') }} as s
        on
            p.place_id = s.site_id and s.feed = 'air' and s.kind = 'dustfall_point'
            and p.period_end >= s.valid_from and (s.valid_to is null or p.period_start <= s.valid_to)
    where p.place_kind = 'point'
)

select
    p.place_kind,
    p.place_id,
    case
        when p.place_kind = 'point' then coalesce(e.name_zh, p.place_id) else {{ area_name('p.place_id', 'a.name_zh') }}
    end as place_name_zh,
    p.area_code,
    p.period_kind,
    p.period_start,
    p.period_end,
    p.variant,
    cast(p.value_rounded as decimal(18, 6)) as dustfall_t_km2_30d,
    p.method,
    p.is_dust_month as has_dust_month,
    cast(p.n_months_left_out as bigint) as n_months_left_out,
    cast(p.n_expected as bigint) as n_expected,
    cast(p.n_valid as bigint) as n_valid,
    cast(p.n_suspect as bigint) as n_suspect,
    {{ coverage('p.n_valid', 'p.n_expected') }} as coverage,
    p.validity,
    p.validity_reason,
    p.standard,
    case
        when p.place_kind = 'point' and p.period_kind = 'month' then 'M = (W1 - Wa - Wc) : (S n) x 30 x 1e4'
        when p.period_kind = 'month' then 'mean of the assessed points (share of points: project decision)'
        else 'mean of the months (share of months, dust months: project decision)'
    end as clause,
    {{ provenance_of_rank('p.provenance_rank') }} as provenance
from {{ ref('int_air_dustfall') }} as p
left join {{ ref('stg_area_name') }} as a on p.place_id = a.area_code
left join entries as e
    on
        p.place_id = e.place_id and p.period_kind = e.period_kind and p.period_start = e.period_start
        and p.variant = e.variant and e.entry_place = 1
