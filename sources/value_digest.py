"""The SHA-256 of a value, by which a change of what is declared is seen.

Here belongs that one function: fingerprints of sources, flags, models and judgements are made of it, so that other
bytes of it would build everything again. Standard library only. Not here: digests of rows (warehouse.tables.digest).
"""

from __future__ import annotations

import hashlib
import json
from typing import Any


def digest_of(value: Any) -> str:
    """SHA-256 of anything TOML can hold, the order of keys left aside."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=False, default=str).encode()).hexdigest()
