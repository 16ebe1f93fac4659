"""JSON as a script can hand it to a page: deflated and in base64, a third of its size or less.

A page that is opened from disk may load scripts and nothing else; browsers unpack by themselves (`static/book.js`).
"""

import base64
import json
import zlib


def pack(value: object) -> str:
    """Return a value as base64 of its deflated JSON, for a string in a script."""
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return base64.b64encode(zlib.compress(text.encode(), 9)).decode()
