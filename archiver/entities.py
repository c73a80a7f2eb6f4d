"""Character references in text that was written as HTML."""

from __future__ import annotations

import html


def unescape(text: str) -> str:
    """Decode character references once; a text whose references Python refuses to count stays as it is."""
    try:
        return html.unescape(text)
    except ValueError:  # more digits than Python turns into a number
        return text
