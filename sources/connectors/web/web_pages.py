"""An answer that goes on over several pages, as one delivery: a zip archive of the pages as they came.

Here belongs how pages follow each other and when they end. Not here: asking for one (web_client.py). The archive holds
each page byte by byte, in order, without times of its own: the same pages make the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from typing import IO, Any

from sources.connectors.web.web_client import Question, WebClient
from sources.connectors.web.web_words import Pages

_NO_TIME = (1980, 1, 1, 0, 0, 0)
_IN_MEMORY = 8_000_000
_LARGEST_PAGE = 32_000_000


def all_pages(client: WebClient, question: Question, pages: Pages, kind: str) -> IO[bytes]:
    """A zip archive of every page, page-00001.<kind> and so on; PullError if they do not end."""
    packed: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for number, body in enumerate(_Pages(client, pages).walk(question), 1):
            entry = zipfile.ZipInfo(f"page-{number:05}.{kind}", _NO_TIME)
            with body, archive.open(entry, "w", force_zip64=True) as member:
                shutil.copyfileobj(body, member)
    packed.seek(0)
    return packed


class _Pages:
    """One walk over pages."""

    def __init__(self, client: WebClient, pages: Pages) -> None:
        self._client, self._pages = client, pages
        self._seen: set[str] = set()
        self._records = 0

    def walk(self, question: Question) -> Iterator[IO[bytes]]:
        """Every page in order, each from its beginning."""
        pages = self._pages
        following: Question | None = self._first(question)
        for number in range(1, pages.most + 1):
            if following is None:
                return
            asked = following
            answer = self._client.answer(asked)
            found = None if pages.kind == "link" else self._content(asked.url, answer.body)
            self._check_new(asked.url, answer.body, number)
            count = self._count(asked.url, found) if pages.kind in ("page", "offset") else 1
            # An empty page ends the others; the first is what the source has to say.
            if count or number == 1:
                yield answer.body
            following = self._next(question, number, count, found, answer.next_url)
        if following is not None:
            hint = "raise pages.most if that is right"
            raise self._client.error(question.url, f"more than {pages.most} pages", hint)

    def _first(self, question: Question) -> Question:
        pages = self._pages
        if pages.size_parameter and pages.size:
            question = question.asking(pages.size_parameter, pages.size)
        if pages.kind in ("page", "offset"):
            return question.asking(pages.parameter, self._start)
        return question

    @property
    def _start(self) -> int:
        given = self._pages.first
        return given if given is not None else int(self._pages.kind == "page")

    def _next(self, question: Question, number: int, count: int, found: Any, link: str) -> Question | None:
        """What is asked after page `number`, which held `count` records; None after the last."""
        pages = self._pages
        if pages.kind == "link":
            return replace(question, url=link) if link else None
        first = self._first(question)
        if pages.kind == "cursor":
            cursor = _at(found, pages.cursor)
            return None if cursor in (None, "", False) else first.asking(pages.parameter, cursor)
        self._records += count
        if not count or (pages.size and count < pages.size):
            return None
        step = number if pages.kind == "page" else self._records
        return first.asking(pages.parameter, self._start + step)

    def _content(self, url: str, body: IO[bytes]) -> Any:
        content = body.read(_LARGEST_PAGE + 1)
        if len(content) > _LARGEST_PAGE:
            # Parsed it takes many times as much memory.
            most = _LARGEST_PAGE // 1_000_000
            raise self._client.error(url, f"a page is larger than {most} MB", "ask for smaller pages, by pages.size")
        try:
            return json.loads(content)
        except (ValueError, RecursionError):
            raise self._client.error(url, "a page is not JSON", "ask the source") from None
        finally:
            body.seek(0)

    def _count(self, url: str, found: Any) -> int:
        records = _at(found, self._pages.records)
        if not isinstance(records, list):
            where = self._pages.records or "the document"
            raise self._client.error(url, f"'{where}' of a page is not a list", "correct pages.records")
        return len(records)

    def _check_new(self, url: str, body: IO[bytes], number: int) -> None:
        """A server that ignores the parameter sends the same page for ever."""
        digest = hashlib.sha256(body.read()).hexdigest()
        body.seek(0)
        if digest in self._seen:
            raise self._client.error(
                url, f"page {number} is the same as one before", "does the server know the parameter of pages?"
            )
        self._seen.add(digest)


def _at(found: Any, path: str) -> Any:
    """What is at a dotted path; None where nothing is."""
    for step in path.split(".") if path else ():
        if not isinstance(found, dict):
            return None
        found = found.get(step)
    return found
