{#-
  Under which edition of the air standards a day is computed, once per basis. `published` is what the figures use: the
  edition in force on the day, or the one that var air_edition_pin names, for every day. Each edition is a basis of its
  own as well, for comparing like with like. Rules, limits, breakpoints and roundings are looked up by air_rule_day(): the
  day itself, clamped into the edition's own validity.
-#}
with pin as (
    select
        case
            when '{{ sql_text("air_edition_pin") }}' = '' then ''
            when max(case when edition = '{{ sql_text("air_edition_pin") }}' then 1 else 0 end) = 1
                then '{{ sql_text("air_edition_pin") }}'
            else {{ refused(
                "concat('air_edition_pin is ''" ~ sql_text("air_edition_pin") ~ "'', but the editions of the air standards are: ', "
                ~ joined('edition', ', ', 'edition') ~ ")"
            ) }}
        end as pinned_edition
    from {{ ref('air_editions') }}
),

editions as (
    select
        e.*,
        p.pinned_edition
    from {{ ref('air_editions') }} as e
    cross join pin as p
),

bases as (
    select
        'published' as basis,
        edition,
        limits_standard,
        index_standard,
        statistics_standard,
        valid_from,
        valid_to,
        valid_from as rules_from,
        valid_to as rules_to
    from editions
    where pinned_edition = ''
    union all
    select
        'published' as basis,
        edition,
        concat(limits_standard, ' (pinned)') as limits_standard,
        concat(index_standard, ' (pinned)') as index_standard,
        concat(statistics_standard, ' (pinned)') as statistics_standard,
        date '1980-01-01' as valid_from,
        cast(null as date) as valid_to,
        valid_from as rules_from,
        valid_to as rules_to
    from editions
    where edition = pinned_edition
    union all
    select
        edition as basis,
        edition,
        limits_standard,
        index_standard,
        statistics_standard,
        date '1980-01-01' as valid_from,
        cast(null as date) as valid_to,
        valid_from as rules_from,
        valid_to as rules_to
    from editions
)

select * from bases
