"""Pages as WordPress themes print them: 60 to 100 kB each, every one different, the same ones each time."""

from __future__ import annotations

import gzip
import hashlib
import random
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import accumulate
from pathlib import Path

MIN_BYTES, MAX_BYTES = 60_000, 100_000
# What WordPress hosts commonly compress with.
SENT_LEVEL = 6
ONSETS = [
    "b",
    "br",
    "c",
    "ch",
    "cl",
    "d",
    "f",
    "fl",
    "g",
    "h",
    "k",
    "l",
    "m",
    "n",
    "p",
    "r",
    "s",
    "sh",
    "st",
    "t",
    "th",
    "w",
]
VOWELS = ["a", "e", "i", "o", "u", "ea", "ee", "ou", "ai", "oo"]
CODAS = ["", "", "", "n", "r", "s", "t", "l", "nd", "ng", "st", "rd", "m", "ck", "ly"]
ROBOTS = "User-agent: *\nDisallow: /wp-admin/\nAllow: /wp-admin/admin-ajax.php\n"


class Language:
    """Words of an invented language, as often as the words of real ones (Zipf's law)."""

    def __init__(self, rng: random.Random, words: int = 7000) -> None:
        self._rng = rng
        self._words = [self._word(1 + (i > 60) + (i > 1200)) for i in range(words)]
        self._weights = list(accumulate(1 / (i + 2.7) for i in range(words)))

    def words(self, count: int) -> list[str]:
        """Return `count` words."""
        return self._rng.choices(self._words, cum_weights=self._weights, k=count)

    def sentence(self) -> str:
        """Return a sentence."""
        words = self.words(self._rng.randint(5, 22))
        if len(words) > 12:
            words[6] += ","
        return " ".join(words).capitalize() + self._rng.choice("....?!")

    def paragraph(self) -> str:
        """Return a paragraph, with a link or an emphasis here and there."""
        text = " ".join(self.sentence() for _ in range(self._rng.randint(2, 6)))
        inline = self._rng.random()
        if inline < 0.3:
            url = f"https://{'-'.join(self.words(2))}.example/{'-'.join(self.words(4))}/"
            text += f' <a href="{url}">{self.sentence()}</a>'
        elif inline < 0.5:
            text += f" <em>{self.sentence()}</em>"
        return text

    def _word(self, syllables: int) -> str:
        pick = self._rng.choice
        return "".join(pick(ONSETS) + pick(VOWELS) + pick(CODAS) for _ in range(syllables))


class Blog:
    """The pages of a blog; page `i` is the same for every blog with the same seed."""

    def __init__(self, seed: int = 1) -> None:
        self._rng = random.Random(seed)
        self._language = Language(self._rng)
        self._css = "".join(self._rule(i) for i in range(170))
        self._menu = "".join(self._menu_item(i) for i in range(40))
        self._plugins = [self._plugin() for _ in range(14)]

    def pages(self, count: int) -> Iterator[tuple[str, bytes]]:
        """Yield the path and the HTML of each page."""
        for number in range(count):
            self._rng.seed(f"page {number}")
            title = " ".join(self._language.words(self._rng.randint(4, 9))).capitalize()
            day = date(2009, 1, 1) + timedelta(days=number)
            path = f"/{day:%Y/%m}/{'-'.join(title.lower().split())}-{number}/"
            yield path, self._page(number, title, path, day).encode()

    def _page(self, number: int, title: str, path: str, day: date) -> str:
        size = self._rng.randint(MIN_BYTES + 1000, MAX_BYTES - 3000)
        head, foot = self._head(number, title, path), self._foot(number)
        left = size - len(head) - len(foot)
        article, comments = "", ""
        while len(article) < 0.6 * left:
            article += self._block()
        while len(article) + len(comments) < left:
            comments += self._comment(day)
        return f'{head}{article}</div></article><ol class="comment-list">\n{comments}</ol>{foot}'

    def _head(self, number: int, title: str, path: str) -> str:
        url = f"https://blog.example{path}"
        assets = "".join(self._assets(name) for name in self._plugins)
        return (
            f'<!DOCTYPE html>\n<html lang="en-US">\n<head>\n<meta charset="UTF-8">\n'
            f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f"<title>{title} &#8211; A blog</title>\n"
            f'<link rel="canonical" href="{url}" />\n<meta property="og:url" content="{url}" />\n'
            f'<meta property="og:title" content="{title}" />\n'
            f'<meta name="description" content="{self._language.sentence()}" />\n{assets}'
            f"<style id='global-styles-inline-css'>\n{self._css}</style>\n"
            f"<link rel='shortlink' href='https://blog.example/?p={number}' />\n</head>\n"
            f'<body class="post-template-default single single-post postid-{number} single-format-standard">\n'
            f'<ul id="primary-menu" class="menu nav-menu">{self._menu}</ul>\n'
            f'<article id="post-{number}" class="post-{number} post type-post status-publish format-standard hentry">'
            f'<h1 class="entry-title">{title}</h1><div class="entry-content">\n'
        )

    def _block(self) -> str:
        kind, language = self._rng.random(), self._language
        if kind < 0.08:
            return f'<h2 class="wp-block-heading">{language.sentence()}</h2>\n'
        if kind < 0.14:
            return self._image()
        if kind < 0.2:
            rows = "".join(f"<li>{language.sentence()}</li>\n" for _ in range(5))
            return f'<ul class="wp-block-list">{rows}</ul>\n'
        return f"<p>{language.paragraph()}</p>\n"

    def _image(self) -> str:
        words = "-".join(self._language.words(3))
        name = f"https://blog.example/wp-content/uploads/2019/0{self._rng.randint(1, 9)}/{words}"
        sizes = ", ".join(f"{name}-{w}x{w * 2 // 3}.jpg {w}w" for w in (300, 768, 1024, 1536))
        return (
            f'<figure class="wp-block-image size-large"><img loading="lazy" decoding="async" width="1024" height="683" '
            f'src="{name}-1024x683.jpg" alt="{self._language.sentence()}" '
            f'class="wp-image-{self._rng.randint(100, 9999)}" '
            f'srcset="{sizes}" sizes="(max-width: 1024px) 100vw, 1024px" />'
            f'<figcaption class="wp-element-caption">{self._language.sentence()}</figcaption></figure>\n'
        )

    def _comment(self, day: date) -> str:
        number, name = self._rng.randint(1000, 99999), " ".join(self._language.words(2)).title()
        face = hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()
        avatar = f"https://secure.gravatar.com/avatar/{face}"
        when = f"{day + timedelta(days=number % 90)}T{number % 24:02}:{number % 60:02}:00+00:00"
        return (
            f'<li id="comment-{number}" class="comment even thread-even depth-1">\n'
            f'<article id="div-comment-{number}" class="comment-body">\n<footer class="comment-meta">\n'
            f"<div class=\"comment-author vcard\"><img alt='' src='{avatar}?s=42&#038;d=mm&#038;r=g' "
            f"srcset='{avatar}?s=84&#038;d=mm&#038;r=g 2x' class='avatar avatar-42 photo' height='42' width='42' />"
            f'<b class="fn">{name}</b> <span class="says">says:</span></div>\n'
            f'<div class="comment-metadata"><a href="#comment-{number}">'
            f'<time datetime="{when}">{when}</time></a></div>\n'
            f'</footer>\n<div class="comment-content"><p>{self._language.paragraph()}</p>\n</div>\n'
            f'<div class="reply"><a rel="nofollow" class="comment-reply-link" href="#comment-{number}" '
            f'data-commentid="{number}" data-respondelement="respond" aria-label="Reply to {name}">Reply</a></div>\n'
            f"</article>\n</li>\n"
        )

    def _foot(self, number: int) -> str:
        recent = "".join(self._recent() for _ in range(30))
        nonce = f"{self._rng.getrandbits(40):010x}"
        return (
            f'<aside id="secondary" class="widget-area"><ul>\n{recent}</ul></aside>\n'
            f'<script id="wp-emoji-settings">var s={{"ajax":"/wp-admin/admin-ajax.php","nonce":"{nonce}",'
            f'"post":{number}}};</script>\n'
            f"<footer>Proudly powered by WordPress</footer>\n</body>\n</html>\n"
        )

    def _rule(self, number: int) -> str:
        name = "-".join(self._language.words(2))
        colour = f"#{self._rng.getrandbits(24):06x}"
        value = f"color:var(--wp--preset--color--{name}) !important;background:{colour};margin:{number}px"
        return f".has-{name}-color{{{value}}}\n"

    def _menu_item(self, number: int) -> str:
        name = " ".join(self._language.words(2)).title()
        classes = f"menu-item menu-item-type-taxonomy menu-item-object-category menu-item-{number}"
        link = f'<a href="/category/{name.replace(" ", "-")}/">{name}</a>'
        return f'<li id="menu-item-{number}" class="{classes}">{link}</li>\n'

    def _plugin(self) -> str:
        return "-".join(self._language.words(2))

    def _assets(self, plugin: str) -> str:
        place, release = f"https://blog.example/wp-content/plugins/{plugin}/assets", f"ver=6.4.{len(plugin)}"
        return (
            f"<link rel='stylesheet' id='{plugin}-css' href='{place}/css/frontend.min.css?{release}' media='all' />\n"
            f'<script src="{place}/js/frontend.min.js?{release}" id="{plugin}-js"></script>\n'
        )

    def _recent(self) -> str:
        return f'<li><a href="/{"-".join(self._language.words(5))}/">{self._language.sentence()}</a></li>\n'


def write(root: Path, count: int) -> list[str]:
    """Write `count` pages and robots.txt below `root`, each page gzipped too; return the pages' paths."""
    paths: list[str] = []
    for path, html in Blog().pages(count):
        folder = root / path.strip("/")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "index.html").write_bytes(html)
        (folder / "index.html.gz").write_bytes(gzip.compress(html, SENT_LEVEL, mtime=0))
        paths.append(path)
    (root / "robots.txt").write_text(ROBOTS)
    return paths
