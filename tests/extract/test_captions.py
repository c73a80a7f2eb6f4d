"""Captions go to their images, and the sentences around them stay whole."""

from __future__ import annotations

import pytest

IMAGE = '<img src="/i/harbour.png" alt="A harbour">'
FORMS = {
    "figure": f'<figure class="wp-caption alignright">{IMAGE}<figcaption>The harbour in 1951</figcaption></figure>',
    "div": f'<div class="wp-caption alignright"><a href="/i">{IMAGE}</a><p'
    f' class="wp-caption-text">The harbour in 1951</p></div>',
    "span": f'<span class="float">{IMAGE}<em>The harbour in 1951</em></span>',
}


@pytest.mark.parametrize("form", FORMS)
def test_caption_in_mid_sentence(post, fill, form):
    """A captioned image inside a paragraph leaves the sentence as one line, emphasis and links included."""
    made = post(
        f"<p>She walked along the {FORMS[form]} quay with <em>two</em> <a href='/b'>brothers</a> and"
        f" a dog, every day"
        f" until the ships came back from the north.</p>{fill}"
    )
    first = made.text.split("\n\n")[0]
    assert first == (
        "She walked along the quay with two brothers and a dog, every day until the ships came back from the north."
    )
    assert "1951" not in made.text
    assert "1951" not in made.markdown
    assert [(i.url, i.alt, i.caption) for i in made.images] == [
        ("https://blog.example/i/harbour.png", "A harbour", "The harbour in 1951")
    ]
    assert "quay with *two* [brothers](https://blog.example/b) and a dog" in made.markdown


def test_caption_at_the_start_of_a_paragraph(post, fill):
    """A captioned image before the first word of a paragraph takes no word along."""
    made = post(f"<p>{FORMS['div']} Nobody in the town had seen such a winter, and nobody wanted another.</p>{fill}")
    assert made.text.startswith("Nobody in the town had seen such a winter, and nobody wanted another.\n\n")
    assert made.images[0].caption == "The harbour in 1951"


def test_caption_between_paragraphs(post, fill):
    """A captioned image between two paragraphs leaves them two."""
    made = post(
        f"<p>One paragraph that ends here, before the image comes.</p>{FORMS['figure']}<p>Another one.</p>{fill}"
    )
    assert made.text.split("\n\n")[:2] == [
        "One paragraph that ends here, before the image comes.",
        "Another one.",
    ]


def test_old_blogger_table(article, fill):
    """The caption table of Blogger is an image with its caption."""
    made = article(
        f"""<html><head><meta name="generator" content="blogger"><title>The Blog: A post</title></head><body>
        <div class="post hentry"><h3 class="post-title entry-title">A post</h3><div
class="post-body entry-content">
        Loose text before the image, as Blogger writes it.<br/>
        <table class="tr-caption-container"><tbody><tr><td><a href="/i"><img src="/i/a.jpg"/></a></td></tr>
        <tr><td class="tr-caption">A bridge</td></tr></tbody></table>
        Loose text after the image, on a line of its own.<br/><br/>{fill}</div></div></body></html>"""
    )
    assert "A bridge" not in made.text
    assert made.images[0].caption == "A bridge"
    assert made.text.startswith("Loose text before the image, as Blogger writes it.\n\nLoose text after the image")


def test_gallery(post, fill):
    """Each picture of a gallery has its own caption, in order."""
    items = "".join(
        f'<dl class="gallery-item"><dt><a href="/{n}"><img src="/{n}.png"></a></dt>'
        f'<dd class="wp-caption-text gallery-caption">Picture {n}</dd></dl>'
        for n in (1, 2)
    )
    made = post(f'{fill}<div class="gallery">{items}</div><p>After the gallery comes one more line of text.</p>')
    assert [i.caption for i in made.images] == ["Picture 1", "Picture 2"]
    assert "Picture" not in made.text


def test_quote_in_a_figure_stays(post, fill):
    """A pull quote in a figure is text, not an image."""
    made = post(
        f'{fill}<figure class="wp-block-pullquote"><blockquote><p>Nothing is lost that is written down.</p>'
        "<cite>The ferryman</cite></blockquote></figure><p>So he said, and went on rowing against"
        " the wind.</p>"
    )
    assert "Nothing is lost that is written down." in made.text
    assert "> Nothing is lost that is written down." in made.markdown


def test_lazy_images(post, fill):
    """An image that a script loads late is known by where it really lies; tracking dots are no images."""
    made = post(
        f'{fill}<p><img src="data:image/gif;base64,R0" data-src="/i/late.png" alt=""></p>'
        '<p><img src="https://stats.example/dot.gif" width="1" height="1"> And so it ended well for'
        " all of them.</p>"
    )
    assert [i.url for i in made.images] == ["https://blog.example/i/late.png"]
