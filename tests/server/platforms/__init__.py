"""Blogs as the platforms serve them that can't be installed here, each from one small made-up blog.

A module has a NAME, FAULTS (the sets of faults with which it is tried, each of them a blog that there is somewhere),
and `serve(faults, count)`, which gives a Platform: a server on 127.0.0.1 and what is true of its blog. The shapes of
their answers are those that the platforms document or are known for; the pages have the platforms' own class names,
and no more of them than it takes.
"""

from __future__ import annotations

from types import ModuleType

from server.platforms import (
    blogger,
    ghost,
    hexo,
    hugo,
    jekyll,
    medium,
    microblog,
    nikola,
    substack,
    tumblr,
    typepad,
    unknown,
    wordpress,
    wordpress_com,
)

MODULES = (
    wordpress_com, wordpress, blogger, ghost, substack, tumblr, medium, microblog, hugo, jekyll, hexo, nikola, typepad,
    unknown,
)  # fmt: skip
# A platform's name, and the faults of its blog.
Case = tuple[str, frozenset[str]]
PLATFORMS: dict[str, ModuleType] = {module.NAME: module for module in MODULES}
CASES: list[Case] = [(name, faults) for name, module in PLATFORMS.items() for faults in module.FAULTS]


def name_of(case: Case) -> str:
    """A case in words: the platform and its faults."""
    platform, faults = case
    return " ".join([platform, *sorted(faults)])
