"""What a user declares: district, sites, standards, own tables and sources, in one TOML file. This is its reference.

Here belong reading, checking and explaining a configuration. Not here: what a mapping does to rows (sources.cleaning).
Everything but `[[source]]` may be left out; an unknown word is a mistake, named with its line and the nearest word.

    [district]                                # whom the figures are for
    area_code = "110105"                      # 6 digits
    name_zh = "朝阳区"
    name_en = "Chaoyang District"
    reporting_zone = "Asia/Shanghai"          # days, and day and night, follow it
    start = 2013-01-01                        # first day that is kept

    [sites]
    files = ["sites.csv"]                     # site registers: UTF-8 CSV, relative to this file; later rows win;
                                              # without provenance a site has that of its feed's sources; an area_code
                                              # of 12 digits is a community: its sites are in no list of subdistricts

    [networks]                                # all optional: what is observed besides the six feeds
    files = ["wells.toml"]                    # declarations of networks, each a file of its own: `ecoledger network new
                                              # wells` writes one with every word explained; sources name it as their
                                              # feed; one of the name of a delivered network replaces that
    attributes = ["site_attributes.csv"]      # network_id, site_id, attribute, value, valid_from, valid_to
    site_limits = ["permits.csv"]             # network_id, site_id, parameter, figure, operator, value, unit,
                                              # month_from, month_to, valid_from, valid_to, document

    [registers]                               # all optional: ledgers of cases and lists of members
    files = ["inspections.toml"]              # declarations, each a file of its own; sources name the register as their
                                              # feed; one of the name of a delivered register replaces that
    identity_key_file = "identity.key"        # what private columns are hashed with, its owner's only; ECOLEDGER_
                                              # IDENTITY_KEY goes before it; without both a key is made once and kept
                                              # in the data directory

    [plans]
    folders = ["plan_2030"]                   # each a folder of CSVs, a plan that is judged next to the delivered one:
                                              # plan.csv (plan_id, name_zh, first_year, last_year, area_code …) and any
                                              # of indicators, commitments, judgements, projects, milestones, history,
                                              # returns_items (parameters of the feed returns) and formulas;
                                              # sources/plans/folder.py declares their columns; returns report on it
                                              # with plan_ref <plan_id>:commitment:<id>, <plan_id>:project:<no>

    [gate]
    waivers = "waivers.toml"                  # signed, expiring exceptions: [[waiver]] with table, expectation, who,
                                              # approved_by (another person), reason, until (a year at most)

    [standards]                               # all optional: what a standard leaves open
    air_edition = "2012"                      # every day under this edition (2012, 2026); left out: the one of the day
    grid_region = "beijing"                   # grid factor of electricity: beijing (default), north_china, national
    grid_series = "average"                   # average (default), or a series of national: fossil_power, …

    [standards.rules]                         # a rule's value, in its unit and for all its dates; the rules with their
    noise_hour_min_minutes = 40               # values and what was overridden are in mart_rules_in_force

    [declared]                                # what no standard gives: UTF-8 CSV, relative to this file, one row a fact
    municipal_targets = "targets.csv"         # indicator_id, target_operator, target_value, document_no, document_date,
                                              # entered_by (may be left out); of several dates the latest holds;
                                              # only where the plan's text leaves it to the municipality
    plan_baseline_scopes = "scopes.csv"       # indicator_id, baseline_year, is_declared, scope_zh, factors_zh,
                                              # document_no, document_date
    energy_equal_value = "equal_value.csv"    # data_year, kgce_per_kwh, document, document_date, entered_by (optional)
    energy_own_factors = "own_factors.csv"    # carrier, unit, valid_from, valid_to, kgce_per_standard_unit,
                                              # ncv_gj_per_basis, carbon_tc_per_tj, oxidation (at least one of the
                                              # four), document, document_date, entered_by (may be left out)
    ranking_verifications = "verified.csv"    # list_id, period_kind (week, month, quarter), period_start, document_no,
                                              # verified_on, verified_by (may be left out)
    waste_categories = "categories.csv"       # category, name_zh (the rest may be left out): loads may be of it, too
    waste_counting = "counting.csv"           # category, node, valid_from, document: where its tonnes count
    waste_ratios = "ratios.csv"               # indicator_id, name_zh, unit, decimals, standard, clause, formula_zh
    waste_ratio_terms = "terms.csv"           # indicator_id, term, role, measure, category, destination, node
    areas = "areas.csv"                       # tree (administrative, basin, park), area_code, area_level, name_zh,
                                              # name_en, kind_zh, parent_code, valid_from, valid_to, source
    site_areas = "site_areas.csv"             # feed, site_id, tree (basin, park), area_code, valid_from, valid_to
    composite_scores = "scores.csv"           # score_id, name_zh, name_en, tree, area_level, period_kind (month,
                                              # quarter, year), weights (sum_to_1, normalised), missing (reweight,
                                              # zero, null), min_weight, decimals, owner, document, clause
    composite_parts = "parts.csv"             # score_id, part_id, name_zh, name_en, indicator (list(…), area(…),
                                              # cases(…), indicator(…)), weight, scoring (linear, steps, rank),
                                              # better (higher, lower), zero_at, full_at, valid_from, valid_to
    composite_steps = "steps.csv"             # score_id, part_id, step, low, high, points

    [options]                                 # seed and defects of the simulated district, as texts

    [[source]]                                # once for each kind of file
    id = "stations"                           # a name of its own
    feed = "water"                            # water, air, noise, waste, energy, returns, a network or a register
    table = "clean_water"                     # may be left out where the feed has one table or a main one
    connector = "file"                        # file (default), web, sql or simulated
    path = "deliveries/water/**/*.csv.gz"     # a file or pattern, relative to this file; for simulated: the stream;
                                              # brackets of a name that exists are meant as written; for web:
                                              # "https://host/api?day={day:%Y%m%d}", once for each {day}, {next_day},
                                              # {month} or {next_month} that is over; for sql: the address of a
                                              # database, "postgresql+psycopg://reader@host/name"
    allow_outside = false                     # true: path may lead out of the folder of this file
    delivered_at = "name"                     # landing (default), mtime, name; the simulator knows its own
    delivered_at_pattern = '_(\\d{8})\\.'       # only with name: one group around the time
    delivered_at_format = "%Y%m%d"            # only with name: in the zone of [source.time]
    cadence_min = 240                         # minutes between readings, where it is not the feed's
    provenance = "observed"                   # observed (default), reported, simulated
    owner = "…"                               # default: the feed's
    licence = "…"
    unknown_sites = "quarantine"              # or accept: a site that no register knows
    invalid_status = ["维护"]                  # status marks that fail a reading, besides the feed's
    occurrence_of = ["time", "kg"]            # loads without ticket: columns whose repetition is numbered

    [source.connection]                       # of sql
    query = "SELECT … WHERE at >= :day AND at < :next_day ORDER BY at"
                                              # one SELECT with ORDER BY; once for each :day (or :month) that is over
    secret = "DB_PASSWORD"                    # name of the password, as below; left out: without one
    since = 2026-01-01                        # with dates: the first one that is asked for
    again_days = 3                            # with dates: what is younger is asked again every day, then once more
    limits = { connect_s = 10 }               # and total_s = 900, rows = 5000000

    [source.connection]                       # of web, all optional
    method = "POST"                           # default GET
    form = { from = "{day}" }                 # POST: what is sent, as a form
    json = '{"area": "110105"}'               # or as JSON
    headers = { Accept = "application/json" } # no secrets
    auth = { kind = "bearer", secret = "WATER_TOKEN" }
                                              # bearer, basic (user), header or query (name); secret: the name of an
                                              # environment variable, or of a text in the file that the variable
                                              # ECOLEDGER_SECRETS names (its owner's only, not in this folder)
    since = 2026-01-01                        # with dates: the first one that is asked for
    again_days = 3                            # with dates: what is younger is asked again every day, then once more
    ca_file = "bureau.pem"                    # certificates to trust in the place of the usual ones
    pages = { kind = "page", parameter = "page" }
                                              # page, offset (both: first, size, size_parameter, records = dotted path
                                              # of the list), cursor (parameter, cursor = dotted path of the next one),
                                              # link (the Link header); most = 1000 pages
    limits = { connect_s = 10 }               # and read_s = 60, total_s = 900, megabytes = 512, retries = 4,
                                              # pause_ms = 0

    [source.format]                           # all optional
    kind = "csv"                              # csv, xlsx, json, ndjson, parquet, xml, or html: tables of a page, also
                                              # of one named .xls; gzip and zip are recognised by themselves
    encoding = "gb18030"                      # default utf-8; a byte order mark in the file wins; gbk means gb18030
    delimiter = ","                           # csv: one ASCII character
    quote = '"'                               # csv: "" where quotes are plain characters
    header_row = 1                            # row of the (first) header line, counted from 1; rows above are titles
    header_rows = 1                           # more: merged lines, names joined with _
    comment = ["#"]                           # lines that begin so are left out, above the header, too
    fill_down = ["断面", "采样日期"]            # cells merged downwards: an empty cell has the value above it
    doubled = "refuse"                        # or number: equal names are status, status (2), … from the left
    names = { "4" = "PM10 status" }           # position, from 1 = what its column is called here
    skip_footer = ["合计", "注"]               # rows whose first cell begins so are not records
    decimal_mark = "."                        # or ","
    thousands_mark = ""                       # "", ",", ".", " ", "'", a no-break or narrow no-break space
    missing = ["NA", "--"]                    # marks of a missing value; an empty cell always is one
    sheet = "Sheet1"                          # xlsx, html: name (a table's id), number from 1, or a pattern such as "*"
                                              # for several in one source; default the first
    records = "data.list"                     # json: dotted path of the list; default the document itself; xml: path
                                              # of the elements from the outermost on, default those inside it; *
                                              # is every key or entry, {station} too, and its key is that column
    records_as = "objects"                    # json: objects (default), arrays (rows, names elsewhere), or columns: one
                                              # array a column
    header = "thead"                          # json, arrays: path of their names (columns.*.name); without it, or in
                                              # ndjson, they are column_1, column_2, …
    lists = ["sensordatavalues"]              # json, ndjson, xml, parquet: lists inside a record that give a row for
                                              # each entry; its keys are sensordatavalues.value_type, …, entries that
                                              # are arrays have sensordatavalues.1, .2, …
    markup = "keep"                           # or text: tags are taken out of cells and &amp; is &; the text as
                                              # received is kept with the reading
    facts = [{ of = "name", pattern = '_(?P<day>\\d{8})' }]  # named groups in the file's name, path (from this
                                              # file on), the archive's member, the sheet or the title (cells above
                                              # the header) are columns, for a site, a time, …; a file that does not
                                              # match is refused
    extra_columns = "ignore"                  # or refuse: columns that the mapping does not name
    members = "*.csv"                         # which members of a zip

    [source.across]                           # columns whose headers say something: sites, hours, months, categories;
    pattern = 'hour(?P<hour>\\d\\d)'           # each cell becomes a row; named groups of what matches a whole header
                                              # are columns, here for [source.time]
    columns = ["1001A", "1002A"]              # or a list instead of a pattern
    name = "header"                           # the column that holds the header itself
    value = "value"                           # the column that holds the cell: named in [source.values] or in long
    next_to = { status = 1, unit = "_unit" }  # what goes with each value: so many columns to the right (negative: to
                                              # the left), or a header with this suffix; it is a column of this name

    [source.time]
    columns = ["year", "month", "day"]        # joined with a blank
    formats = ["%Y %m %d"]                    # strptime as polars reads it; several are tried in order; %z reads
                                              # offsets and Z, %Z also UTC, GMT and the zone's own two abbreviations;
                                              # %p also 上午 and 下午; {epoch_s}, {epoch_ms}, {epoch_us} count from 1970
                                              # (/Date({epoch_ms})/), {excel_1900} and {excel_1904} are serial numbers
    zone = "Europe/Madrid"                    # of the stamps; default the reporting zone; of an hour that clocks show
                                              # twice, the second occurrence in a file is the later one
    zone_column = "timezone"                  # where each row names its zone, by these names or as the zone is called
    zones = { "CST" = "Asia/Shanghai" }
    marks = "start"                           # what the stamp marks: start (default), end, instant
    duration_min = 60                         # minutes of the period (default 60), or
    duration = "month"                        # month or year, or
    end_columns = ["weighed_out"]             # columns of the period's end, read by
    end_formats = ["%Y-%m-%d %H:%M"]          # default formats
    midnight = "as_written"                   # or end_of_date: 00:00 closes the date it is written with (marks = "end")
    year = 2021                               # where the stamp has none

    [source.site]                             # as all column mappings: a column or a constant
    column = "station"
    values = { "农展馆" = "nongzhanguan" }      # as received = meaning ("" = nothing); default: as received
    unmapped = "quarantine"                   # with values: quarantine (default), null, keep
                                              # columns = ["省份", "断面名称"] instead of column: joined with |

    [source.values]                           # wide: raw column = what it holds; or a list of { column = "CO", … }
    "CO" = { parameter = "co", unit = "ug/m3", factor = 1, missing = ["-999"] }
    "NH3-N" = { parameter = "nh3n", unit = "mg/L", censor = { column = "remark", values = { "<" = "<" } },
                limit_column = "MDL" }        # marks and limits of their own column; values: as received = "<", ">" or
                                              # "", or a list of what means "<"; other texts are not a mark
    "PM10" = { parameter = "pm10", unit = "ug/m3", status_column = "PM10 status", extract = '原始值：([^"]*)"' }
                                              # the status mark of this value alone; extract: the number inside a
                                              # longer text, a regular expression with one group; in long, too

    [source.long]                             # or long: one value a row
    parameter_column = "项目"
    value_column = "结果"
    unit_column = "单位"                       # left out: units[parameter as received], else the parameter's own unit
    parameters = { "氨氮" = "nh3n" }            # default: codes, names and aliases of the registry
    units = { "毫克每升" = "mg/L", "MCF" = { unit = "m3", factor = 28.316846592 } }  # unit as received = unit, or
                                              # parameter = unit without a unit_column; "" = an empty unit means this
    censor = { column = "condition", values = ["Not Detected"] }  # as in [source.values]
    limit_column = "limit"                    # with limit_unit_column, where its unit may be another
    unmapped = "quarantine"

    [source.columns]                          # the table's own columns: method, period_kind, sector, …
    method = { constant = "automatic" }
    published_class = { column = "水质类别", values = { "Ⅱ" = "II" }, unmapped = "null" }
                                              # of a register: case_id, entity, entity_name, area_code, category, state,
                                              # due, closed, unit_responsible, its attributes; and event_id, or
                                              # event_site, event_parameter and event_date; time is when a case was
                                              # opened, site where it is: a site, or the code of an area

    [source.status]                           # the source's own status mark
    column = "站点情况"

    [source.thresholds.do]                    # thresholds of quality tests for this source's readings of a parameter,
    unit = "mg/L"                             # in the parameter's own unit, which has to be named
    suspect_max = 30                          # fail_min, fail_max (within the feed's), suspect_min, suspect_max,
    spike_suspect = 5                         # spike_suspect, spike_fail, rate_suspect_per_h, flat_tolerance,
    gap_periods = 6                           # flat_floor, flat_suspect_hours, flat_fail_hours, attenuated_hours,
                                              # attenuated_min_range, gap_periods; what is left out is the feed's; a
                                              # change renews flags only; mart_rules_in_force shows what is set

    [[source.filters]]                        # rows that fail a filter are counted as other rows
    column = "type"
    op = "in"                                 # or not_in
    values = ["D", "N"]

A raw column is named as in the file's header, blanks around it aside; an empty header cell is `column_<position>`; a
key inside a JSON object is `outer.inner`, an attribute of an XML element `@name` and its text `#text`. A header that
lacks a named column is refused.

A row of a declared table replaces the delivered one of the same key. The bytes of registers and declared tables count
as configuration: when they change, the next refresh builds again, and its release names their SHA-256.
"""

from sources.config.check import check_config
from sources.config.columns import expected_columns
from sources.config.load import load_config
from sources.config.model import Config, ConfigError, District, Format, Source, Standards
from sources.config.problems import Problem

__all__ = [
    "Config",
    "ConfigError",
    "District",
    "Format",
    "Problem",
    "Source",
    "Standards",
    "check_config",
    "expected_columns",
    "load_config",
]
