"""`archiver verify`: judges WARC files and blogs' folders, sharing no code with what writes them.

    paths -> members -> records -> rules/ -> catalog -> rules/archive, blog/ -> report

A file is read once and forwards; what has to be compared with other records waits in the catalog. What is
checked, and how grave it is, stands in `checks.py`; docs/verify.md shows it as a table.
"""
