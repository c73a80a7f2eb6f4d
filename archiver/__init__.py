"""Keep a blog: exact captures in WARC files, clean posts and comments beside them."""

__version__ = "0.1.0"
