"""The items' JSON Schemas are a promise: what is committed in docs/schema is what the code writes.

After a change of the items, write them anew and look at the difference:

    REFRESH=1 python -m pytest tests/export/test_schema.py
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import jsonschema
import pytest
from itemadapter import ItemAdapter

from archiver.export import items
from archiver.models import Comment, PageComment, Post

FOLDER = Path(__file__).parents[2] / "docs" / "schema"
SCHEMAS = [(Post, "archiver.post-1.json"), (Comment, "archiver.comment-1.json")]
# The fields of the contract. More may come; none may go.
POST_FIELDS = """
    schema id snapshot_id revision text_sha256 simhash url requested_url canonical_url site platform title text markdown
    description language word_count authors date_published date_modified date_source site_name categories tags license
    images links review comments_count comments_expected fetched_at status etag last_modified run_id warc extractor
    discovered_by usage quality
"""
COMMENT_FIELDS = "schema id post_id parent_id author author_url date text url snapshot_id revision"
PARTS = {
    "authors": "name url",
    "images": "url alt caption",
    "links": "url text",
    "warc": "file offset length record_id payload_digest",
    "extractor": "name version rules options",
    "usage": "robots_meta x_robots noarchive noai tdm_reservation tdm_policy content_usage content_signal",
    "quality": "flags agreement",
}


@pytest.mark.parametrize(("item", "name"), SCHEMAS)
def test_committed_schema(item, name):
    """The committed schema is the one that the item's class has."""
    made = json.dumps(ItemAdapter.get_json_schema(item), indent=2) + "\n"
    if os.environ.get("REFRESH"):
        FOLDER.mkdir(exist_ok=True)
        (FOLDER / name).write_text(made, encoding="utf-8")
    assert (FOLDER / name).read_text(encoding="utf-8") == made


@pytest.mark.parametrize(
    ("name", "fields"), [("archiver.post-1.json", POST_FIELDS), ("archiver.comment-1.json", COMMENT_FIELDS)]
)
def test_promised_fields(name, fields):
    """Every field of the contract is there and never missing."""
    schema = json.loads((FOLDER / name).read_text(encoding="utf-8"))
    assert set(fields.split()) <= set(schema["properties"])
    assert set(schema["required"]) == set(schema["properties"])


@pytest.mark.parametrize(("field", "parts"), PARTS.items())
def test_promised_parts(field, parts):
    """Every part of a field of the contract is there."""
    schema = json.loads((FOLDER / "archiver.post-1.json").read_text(encoding="utf-8"))["properties"][field]
    assert set(parts.split()) <= set(schema.get("items", schema)["properties"])


def test_an_item_is_valid(make_item):
    """A line of posts.jsonl or comments.jsonl is valid by its schema."""
    post = make_item()
    (comment,) = items.make_comments([(PageComment("c", None, None, None, None, "Well.", None), "urn:uuid:1")], post)
    for made, (_, name) in zip((post, comment), SCHEMAS, strict=True):
        schema = json.loads((FOLDER / name).read_text(encoding="utf-8"))
        jsonschema.Draft202012Validator.check_schema(schema)
        jsonschema.validate(json.loads(items.to_line(made)), schema)


@pytest.mark.parametrize(
    ("field", "value"), [("text", None), ("tags", None), ("revision", "1"), ("warc", {}), ("more", 1)]
)
def test_what_is_no_item(make_item, field, value):
    """The schema is strict: a field of another type, or one that is not promised, is refused."""
    schema = json.loads((FOLDER / "archiver.post-1.json").read_text(encoding="utf-8"))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**json.loads(items.to_line(make_item())), field: value}, schema)
