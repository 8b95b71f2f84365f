"""Records of an XML document, walked through element by element.

Runs in a process of its own (child.py). Here belong the path to the records and an element as a record: attributes are
@name, elements inside are dotted columns, elements that repeat are JSON lists; prefixes of names are left aside. Not
here: columns of records (json_rows.py). Nothing outside the document is loaded, and one that declares entities is
refused.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from lxml import etree

from sources.readers.batches import RawBatch, UnreadableFile
from sources.readers.json_paths import as_name, is_any
from sources.readers.json_rows import Records
from sources.readers.read_limits import ReadLimits, too_many_tags
from sources.readers.stream import ByteStream
from sources.readers.workbook_guard import whole

if TYPE_CHECKING:
    from sources.config.model import Format

_ENTITY = re.compile(rb"<!ENTITY", re.IGNORECASE)


def xml_rows(
    stream: ByteStream, name: str, fmt: Format, limits: ReadLimits, expected: Sequence[str]
) -> Iterator[RawBatch]:
    """Yields the elements at `records`, by default those right inside the document's own."""
    yield from Records(fmt, expected, limits).batches(_numbered(stream, fmt, limits))


def xml_records(stream: ByteStream, fmt: Format, limits: ReadLimits) -> int:
    """How many elements there are at `records`."""
    return sum(1 for _ in _numbered(stream, fmt, limits))


def _numbered(stream: ByteStream, fmt: Format, limits: ReadLimits) -> Iterator[tuple[int, Any]]:
    data = whole(stream, limits)
    if _ENTITY.search(data) or _ENTITY.search(data.replace(b"\x00", b"")):
        raise UnreadableFile("the document declares entities of its own", hint="Ask the sender for plain XML")
    path = [step for step in fmt.records.split(".") if step] or ["*", "*"]
    events = etree.iterparse(
        io.BytesIO(data), events=("start", "end"), resolve_entities=False, no_network=True, load_dtd=False,
        dtd_validation=False, huge_tree=False, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    walk = _Walk(path, limits)
    try:
        for event, element in events:
            record = walk.opened(element) if event == "start" else walk.closed(element)
            if record is not None:
                yield walk.row, record
    except etree.XMLSyntaxError as error:
        raise UnreadableFile(
            f"not XML: {error.msg}", error.lineno or None, None, "Ask the sender for valid XML"
        ) from None
    if not walk.row:
        inside = ", ".join(f"'{p}'" for p in list(walk.seen)[:12]) or "nothing"
        raise UnreadableFile(
            f"there is no element at records = '{fmt.records}'; there are {inside}",
            hint="Correct records in [source.format]: names from the document's own on, with dots",
        )


class _Walk:
    """The path to the element at hand, and how much of the record at hand is held."""

    def __init__(self, path: list[str], limits: ReadLimits) -> None:
        self._path = path
        self._limits = limits
        self._open: list[str] = []
        self._tags = 0
        self.row = 0
        self.seen: dict[str, None] = {}

    def opened(self, element: etree._Element) -> None:
        """An element begins."""
        self._open.append(_local(element))
        if len(self._open) > self._limits.max_depth:
            raise UnreadableFile(
                f"the document is nested too deeply: more than {self._limits.max_depth} levels",
                element.sourceline,
                None,
                "Ask the sender for flat records",
            )
        if len(self._open) <= len(self._path) and len(self.seen) < 64:
            self.seen[".".join(self._open)] = None
        self._tags += 1 + len(element.attrib)
        if self._tags > self._limits.tags:
            raise too_many_tags(self._tags, self._limits)

    def closed(self, element: etree._Element) -> dict[str, Any] | None:
        """An element ends: the record that it is, if it is one. What is behind is let go."""
        record, depth = None, len(self._open)
        if depth == len(self._path) and all(is_any(s) or s == o for s, o in zip(self._path, self._open, strict=True)):
            self.row += 1
            given = {as_name(s): o for s, o in zip(self._path, self._open, strict=True) if as_name(s)}
            found = _record(element)
            record = {**given, **(found if isinstance(found, dict) else {_local(element): found})}
        self._open.pop()
        if depth <= len(self._path):
            # Attributes of what is around stay; all else was used, or never will be.
            element.clear(keep_tail=False)
            self._tags = 0
            parent = element.getparent()
            while parent is not None and element.getprevious() is not None:
                del parent[0]
        return record


def _record(element: etree._Element) -> Any:
    """An element as text, or as a table of its attributes and elements."""
    children = [c for c in element if isinstance(c.tag, str)]
    attributes = {f"@{etree.QName(name).localname}": value for name, value in element.attrib.items()}
    text = (element.text or "").strip()
    if not children and not attributes:
        return text
    found: dict[str, Any] = dict(attributes)
    if text:
        found["#text"] = text
    for child in children:
        name, value = _local(child), _record(child)
        if name not in found:
            found[name] = value
        elif isinstance(found[name], list):
            found[name].append(value)
        else:
            found[name] = [found[name], value]
    return found


def _local(element: etree._Element) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""
