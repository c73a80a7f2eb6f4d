"""The values that pass between the stages."""

from __future__ import annotations

import dataclasses

import pytest

from archiver import models


def test_values_do_not_change():
    """What one stage hands to the next can't be changed by either; only items and what is found are filled in."""
    classes = [c for c in vars(models).values() if dataclasses.is_dataclass(c)]
    open_ones = {c.__name__ for c in classes if not c.__dataclass_params__.frozen}
    assert open_ones == {"Found", "Post", "Comment"}
    assert all(hasattr(c, "__slots__") for c in classes)


def test_header():
    """A page answers with the first value of a header field, or None."""
    page = models.Page("http://example.org/", b"", (("etag", "a"), ("etag", "b")))
    assert (page.header("etag"), page.header("date")) == ("a", None)


def test_nothing_is_shared():
    """Two addresses that were found do not share their lists."""
    one, other = models.Found("http://example.org/a"), models.Found("http://example.org/b")
    one.surfaces.append("feed")
    one.marks["feed"] = "2020"
    assert (other.surfaces, other.marks) == ([], {})


@pytest.mark.parametrize(
    ("schema", "expected"),
    [(models.POST_SCHEMA, "archiver.post/1"), (models.COMMENT_SCHEMA, "archiver.comment/1")],
)
def test_schema_names(schema, expected):
    """The names of the items' schemas are a promise."""
    assert schema == expected
