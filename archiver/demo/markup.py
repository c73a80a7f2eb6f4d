"""HTML of texts and blocks: what WordPress makes of a post's own words."""

from __future__ import annotations

import html
import zlib
from collections.abc import Iterable

from archiver.demo.model import (
    FIGURE_MARK,
    INLINE,
    Block,
    Code,
    Figure,
    Footnotes,
    Gallery,
    Heading,
    Listing,
    Paragraph,
    Quote,
    Site,
    Table,
    Verse,
    squeeze,
)

_TYPOGRAPHY = str.maketrans({c: f"&#{ord(c)};" for c in "‘’“”–—…"})


def text(value: str) -> str:
    """Escaped text, with typographic characters as the numeric references that WordPress writes."""
    return html.escape(value, quote=False).translate(_TYPOGRAPHY)


def attribute(value: str) -> str:
    """Text escaped for an attribute in double quotes."""
    return html.escape(value, quote=True)


def inline(site: Site, value: str) -> str:
    """HTML of a text with inline markup."""
    out: list[str] = []
    end = 0
    for match in INLINE.finditer(value):
        out.append(text(value[end : match.start()]))
        if emphasis := match["em"]:
            out.append(f"<em>{text(emphasis)}</em>")
        elif label := match["label"]:
            out.append(f'<a href="{attribute(site.link(match["address"]))}">{text(label)}</a>')
        else:
            number = match["note"]
            out.append(f'<sup class="fn"><a href="#fn-{number}" id="fn-{number}-link">[{number}]</a></sup>')
        end = match.end()
    return "".join((*out, text(value[end:])))


def picture_address(site: Site, figure: Figure) -> str:
    """The absolute address of a figure's image."""
    return site.link(f"/wp-content/uploads/{figure.file}")


def _image(site: Site, figure: Figure) -> str:
    return (
        f'<img loading="lazy" decoding="async" class="size-medium wp-image-{_attachment(figure)}" '
        f'src="{attribute(picture_address(site, figure))}" alt="{attribute(figure.alt)}" '
        f'width="{figure.width}" height="{figure.height}" />'
    )


def _attachment(figure: Figure) -> int:
    return zlib.crc32(figure.file.encode()) % 10_000


def _captioned(site: Site, figure: Figure) -> str:
    """A figure of the classic editor; within a paragraph it ends that paragraph for an HTML5 parser."""
    number = _attachment(figure)
    return (
        f'<figure id="attachment_{number}" aria-describedby="caption-attachment-{number}" '
        f'style="width: {figure.width + 10}px" class="wp-caption {figure.align}">'
        f"{_image(site, figure)}"
        f'<figcaption id="caption-attachment-{number}" class="wp-caption-text">{text(figure.caption)}'
        "</figcaption></figure>"
    )


def _paragraph(site: Site, block: Paragraph) -> str:
    before, mark, after = squeeze(block.text).partition(FIGURE_MARK)
    figure = _captioned(site, block.figure) if mark and block.figure else ""
    return f"<p>{inline(site, before)}{figure}{inline(site, after)}</p>"


def _table(site: Site, block: Table) -> str:
    head = "".join(f"<th>{inline(site, cell)}</th>" for cell in block.head)
    rows = "".join("<tr>" + "".join(f"<td>{inline(site, cell)}</td>" for cell in row) + "</tr>\n" for row in block.rows)
    return (
        f'<figure class="wp-block-table"><table><thead><tr>{head}</tr></thead>\n<tbody>{rows}</tbody></table></figure>'
    )


def _verse(block: Verse) -> str:
    if block.preformatted:
        joined = "\n\n".join(block.stanzas)
        return f'<pre class="wp-block-verse">{text(joined)}</pre>'
    stanzas = (text(stanza).replace("\n", "<br />\n") for stanza in block.stanzas)
    return "\n".join(f"<p>{stanza}</p>" for stanza in stanzas)


def _gallery(site: Site, block: Gallery) -> str:
    figures = "\n".join(
        f'<figure class="wp-block-image size-large"><a href="{attribute(picture_address(site, figure))}">'
        f'{_image(site, figure)}</a><figcaption class="wp-element-caption">{text(figure.caption)}'
        "</figcaption></figure>"
        for figure in block.images
    )
    return '<figure class="wp-block-gallery has-nested-images columns-2 is-cropped">\n' + figures + "\n</figure>"


def _footnotes(site: Site, block: Footnotes) -> str:
    notes = "\n".join(
        f'<li id="fn-{number}">{inline(site, note)} '
        f'<a href="#fn-{number}-link" aria-label="Jump to footnote reference {number}">'
        "&#8617;&#65038;</a></li>"
        for number, note in enumerate(block.notes, start=1)
    )
    return f'<ol class="wp-block-footnotes">\n{notes}\n</ol>'


def block(site: Site, value: Block) -> str:
    """HTML of one block."""
    match value:
        case Paragraph():
            return _paragraph(site, value)
        case Heading():
            return f'<h3 class="wp-block-heading">{inline(site, value.text)}</h3>'
        case Quote():
            quoted = "\n".join(f"<p>{inline(site, squeeze(part))}</p>" for part in value.paragraphs)
            return f'<blockquote class="wp-block-quote">\n{quoted}\n</blockquote>'
        case Listing():
            items = "\n".join(f"<li>{inline(site, squeeze(item))}</li>" for item in value.items)
            return f'<ul class="wp-block-list">\n{items}\n</ul>'
        case Table():
            return _table(site, value)
        case Code():
            return f'<pre class="wp-block-code"><code>{html.escape(value.text)}</code></pre>'
        case Verse():
            return _verse(value)
        case Figure():
            return _captioned(site, value)
        case Gallery():
            return _gallery(site, value)
        case Footnotes():
            return _footnotes(site, value)


def blocks(site: Site, values: Iterable[Block]) -> list[str]:
    """HTML of each block, one string apiece."""
    return [block(site, value) for value in values]


def content(site: Site, values: Iterable[Block]) -> str:
    """HTML of a whole text, as the feed and the API give it: without anything of the theme."""
    return "\n\n".join(blocks(site, values)) + "\n"
