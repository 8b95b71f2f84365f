{#-
  Both counts of every delivery, so that nothing is lost: records in = used + quarantined + duplicate, readings in = clean +
  quarantined + duplicate + superseded. The differences are columns and are tested to be 0.
-#}
select
    c.feed,
    f.name_zh as feed_zh,
    c.source_id,
    c.delivery_id,
    c.offer_id,
    c.adopted_from,
    c.sha256,
    c.file_name,
    c.delivered_at,
    c.landed_at,
    c.verdict,
    c.reason,
    c.first_period,
    c.last_period,
    c.rows_other,
    c.records_in,
    c.records_used,
    c.records_quarantined,
    c.records_duplicate,
    c.records_in - c.records_used - c.records_quarantined - c.records_duplicate as records_unaccounted,
    c.readings_in,
    c.readings_clean,
    c.readings_missing,
    c.readings_quarantined,
    c.readings_duplicate,
    c.readings_superseded,
    c.readings_in - c.readings_clean - c.readings_quarantined - c.readings_duplicate - c.readings_superseded
        as readings_unaccounted,
    c.readings_flagged
from {{ ref('stg_file_counts') }} as c
left join {{ ref('int_feeds') }} as f on c.feed = f.feed
