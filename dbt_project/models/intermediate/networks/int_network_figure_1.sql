{#-
  Figures of readings: network x figure x site x sample x period, from their parts. The sums of a part (network_sums) are
  added up to sums of the same names.
-#}
with figures as (
    {{ network_declared_figures(1) }}
),

parts as (
    select
        p.*,
        f.figure_id,
        {{ network_period_start('f.period_kind', 'p.part_start') }} as period_start
    from {{ ref('int_network_part') }} as p
    inner join figures as f
        on
            p.network_id = f.network_id and p.parameter = f.parameter and p.family = f.family
            and p.part_kind = f.part_kind and p.second_parameter = f.second_parameter
            and p.argument is not distinct from f.part_argument and p.keeps_sample = f.keeps_sample
),

summed as (
    select
        network_id,
        figure_id,
        parameter,
        site_id,
        method,
        fraction,
        sample,
        taxon,
        period_start,
        part_end as sample_end,
        {%- for sure in ['', 'sure_'] %}
            {%- for column in ['n_moments', 'n_values', 'n_above'] %}
                cast(sum({{ sure }}{{ column }}) as bigint) as {{ sure }}{{ column }},
            {%- endfor %}
            {%- for column in ['sum_v', 'sum_w', 'sum_wv', 'sum_energy'] %}
                sum({{ sure }}{{ column }}) as {{ sure }}{{ column }},
            {%- endfor %}
            max({{ sure }}max_v) as {{ sure }}max_v,
            min({{ sure }}min_v) as {{ sure }}min_v,
            {{ sorted_lists(sure ~ 'sorted_v') }} as {{ sure }}sorted_v,
            max({{ sure }}last_at) as {{ sure }}last_at,
            {{ latest(sure ~ 'last_v', sure ~ 'last_at') }} as {{ sure }}last_v,
        {%- endfor %}
        {{ network_counts() }}
    from parts
    group by network_id, figure_id, parameter, site_id, method, fraction, sample, taxon, period_start, part_end
),

{{ network_figures('summed') }}
