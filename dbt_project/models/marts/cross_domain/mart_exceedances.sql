{#-
  Every exceedance and every hint of the release as an event, one list for enforcement: the union of the admitted event
  marts of the domains. An exceedance is against a limit of its own averaging time; a hint is none. `unit_to_notify` is
  whom the site register names, no finding of responsibility.
-#}
with events as (
    {%- for published in published_by_domains('events') %}
        select
            '{{ published.domain }}' as domain,
            event_id,
            kind,
            site_id,
            site_name_zh,
            area_code,
            area_name_zh,
            parameter,
            parameter_zh,
            averaging,
            event_start,
            event_end,
            n_periods,
            n_periods_between,
            peak_value,
            peak_at,
            unit,
            limit_value,
            limit_text,
            multiple,
            readings_behind,
            is_open,
            unit_to_notify,
            reason,
            standard,
            clause,
            provenance
        from {{ admitted(published.mart) }}
        {% if not loop.last %}
            union all
        {% endif %}
    {% endfor %}
)

select *
from events
