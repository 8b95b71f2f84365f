{#- Figures of all levels: network x figure x site x sample x period. -#}
select * from {{ ref('int_network_figure_1') }}
union all
select * from {{ ref('int_network_figure_2') }}
union all
select * from {{ ref('int_network_figure_3') }}
union all
select * from {{ ref('int_network_figure_4') }}
