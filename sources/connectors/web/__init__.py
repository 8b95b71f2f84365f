"""The web as a source: HTTP and HTTPS.

Here belongs naming the kind. Its modules: web_source.py (which questions there are), web_client.py (asking one),
web_pages.py, web_dates.py, web_words.py and web_check.py.
"""

from sources.connectors.web.web_source import KIND

__all__ = ["KIND"]
