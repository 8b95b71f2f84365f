"""The words of [source.connection] of a web source, as frozen classes.

Here belongs every word once: its name, its type and what it is where it is left out. Not here: whether values go
together (web_check.py) or what is sent (web_client.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Annotated, Literal

from pydantic import Field, Strict

from sources.config.kinds import Count, Day, Text, words_by_name

# A number that may be nothing.
Number = Annotated[int, Strict(), Field(ge=0)]


@words_by_name
class Auth:
    """How a request says who asks. `secret` is the name of a secret, never the secret itself (secrets.py); `user` is
    for basic, `name` is the header or the parameter of the query.
    """

    kind: Literal["bearer", "basic", "header", "query"]
    secret: Text
    user: Text = ""
    name: Text = ""


@words_by_name
class Pages:
    """How an answer goes on. page and offset: `parameter` counts pages, or records, from `first` on, until `records` (a
    dotted path) is an empty list, or one shorter than `size`. cursor: `parameter` is what the answer before holds at
    the dotted path `cursor`. link: the answer's own Link header. More than `most` pages are refused.
    """

    kind: Literal["page", "offset", "cursor", "link"]
    parameter: Text = ""
    first: Number | None = None
    size: Count | None = None
    size_parameter: Text = ""
    records: Text = ""
    cursor: Text = ""
    most: Count = 1000


@words_by_name
class Limits:
    """What one fetch may take: seconds to connect, without a byte, and in all; megabytes, unpacked; further tries after
    one that may be repeated; and the pause between two requests.
    """

    connect_s: Count = 10
    read_s: Count = 60
    total_s: Count = 900
    megabytes: Count = 512
    retries: Number = 4
    pause_ms: Number = 0


@words_by_name
class Web:
    """One web source. `form` and `json` are what a POST sends. Where the path, the form or the JSON holds {day} or
    {month}, it is asked once for each since `since`; what is younger than `again_days` is asked again every day, since
    sources correct what they have sent. `ca_file`: certificates to trust, relative to the configuration.
    """

    method: Literal["GET", "POST"] = "GET"
    headers: Mapping[Text, Text] = field(default_factory=dict)
    form: Mapping[Text, Text] = field(default_factory=dict)
    json: Text = ""
    since: Day | None = None
    again_days: Number = 3
    auth: Auth | None = None
    ca_file: Text = ""
    pages: Pages | None = None
    limits: Limits = Field(default_factory=dict, validate_default=True)
