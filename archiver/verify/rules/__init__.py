"""The rules: on a record's head, on its block, on warcinfo, on our exchanges, and between records."""
