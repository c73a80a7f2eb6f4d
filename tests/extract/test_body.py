"""Which blocks of a page are the article, on platforms that are not known."""

from __future__ import annotations

import pytest
from lxml.html import fragment_fromstring

from archiver.extract.body.prune import is_junk

TAIL = "<p>The morning after, the road was open again and the bus came at its usual time, half empty.</p>"


def page(body: str) -> str:
    """Return a page whose markup names no body."""
    return f"<html><head><title>A post</title></head><body><div id='page'>{body}</div></body></html>"


@pytest.mark.parametrize(
    ("name", "words", "junk"),
    [
        ("caption-full", True, True),
        ("inlineImageCredit", True, True),
        ("trending_videos", True, True),
        ("social-share", True, True),
        ("social-media-embed", True, False),
        ("accordion-panel", True, False),
        ("wp-block-gallery", True, True),
        ("wp-block-gallery", False, False),
        ("updates-from-the-road", True, False),
    ],
)
def test_names_of_boxes_in_a_gap(name, words, junk):
    """A gap is not filled from a box named after something else; a gallery of images without words is the author's."""
    root = fragment_fromstring(f'<div><div class="{name}"><p>One</p></div></div>')
    assert is_junk(root[0][0], root, words=words) is junk


def test_like_sections_are_one_body(article, fill):
    """An article cut into like sections, each in a frame of its own, is read whole."""
    parts = "".join(
        f'<div class="row"><div class="article-body">{fill}<p>The section ends with lamp number {n}, which nobody'
        " lit that evening, as far as I remember.</p></div></div>"
        for n in range(6)
    )
    made = article(page(f'<div class="chunks">{parts}</div>'))
    assert all(f"lamp number {n}," in made.text for n in range(6))


def test_posts_of_endless_themes_stay_apart(article, fill):
    """A whole other post inside the article, as themes load it below, is not part of it."""
    other = (
        '<article id="post-7" class="post-7 post"><h2><a href="/7">Other</a></h2><p>Otherwise it snowed.</p></article>'
    )
    made = article(
        page(
            f'<article id="post-6" class="post-6 post"><h1>A post</h1><div class="x">{fill}</div>{other * 3}</article>'
        )
    )
    assert "first chapters" in made.text
    assert "snowed" not in made.text


def test_call_to_act_is_cut(post, fill):
    """A box that asks to sign up is not the post, wherever it stands."""
    made = post(f'{fill}<div class="block-cta"><p>Want more of this? Leave us your address below.</p></div>{fill}')
    assert "Want more" not in made.text
    assert made.text.count("first chapters") == 2


def test_posts_of_others_shown_in_a_post_stay(post, fill):
    """What an author embeds from elsewhere is quoted text, not furniture."""
    made = post(
        f'{fill}<div class="social-media-embed"><blockquote class="twitter-tweet"><p>The ferry will not run'
        f" tonight, says the harbour master.</p></blockquote></div>{fill}"
    )
    assert "harbour master" in made.text


def test_the_whole_once_more_in_one_block(article, fill):
    """A copy of the whole article run together, for machines, is left out."""
    body = f"{fill}{TAIL}<p>On the way down we stopped at the mill, where the wheel still turns.</p>"
    flat = body.replace("</p><p>", " ").replace("<p>", "").replace("</p>", "")
    made = article(page(f'<div class="story">{body}</div><div class="copy">{flat}</div>'))
    assert made.text.count("first chapters") == 1


@pytest.mark.parametrize("line", ["Tags: snow, roads", "Posted in: Travel", "Monday at 11:00 | Categories: Snow |"])
def test_terms_below_a_post(post, fill, line):
    """A line of terms at the end of a post is the theme's."""
    assert not post(f"{fill}<p>{line}</p>").text.endswith(line)


def test_terms_within_a_post(post, fill):
    """A line that looks like terms stays where the author goes on after it."""
    assert "Category: Memoir" in post(f"{fill}<p>Category: Memoir</p>{TAIL}{fill}").text
