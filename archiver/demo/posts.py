"""The demo blog as it ships: its name, its authors, its posts and its fixed page."""

from __future__ import annotations

from archiver.demo.model import Author, Page, Post, at, prose
from archiver.demo.writing import essays, languages, notebook, reviews, verse

TITLE = "Two Chairs and a Lamp"
TAGLINE = "Books, weather, and what we talked about after supper"

AUTHORS = (
    Author(
        "Ingrid Vestergaard",
        "Ingrid grew up in a house with more shelves than walls. She repairs instruments, lends books "
        "against her better judgement, and reads the last page first only when she is unwell.",
    ),
    Author(
        "Nadia Brodie",
        "Nadia came for a summer and stayed for the library. She keeps the catalogue, the camera and the "
        "peace, and writes poems when it rains.",
    ),
)

ABOUT = Page(
    id=2,
    slug="about",
    title="About",
    published=at("2023-09-01 12:00"),
    body=prose("""
        There are two chairs by our kitchen window and one lamp between them, and on most evenings somebody
        is reading and somebody else is being told about it. This blog is what is left over when the tea has
        gone cold. Ingrid writes about books that people have lived with, and Nadia about everything else.

        We review what we like, and now and then what we did not. Nobody sends us anything, apart from
        relatives. If you wish to disagree, the comments are open, and so, within reason, is the door.
        """),
)

POSTS: tuple[Post, ...] = tuple(
    sorted(
        (*essays.POSTS, *languages.POSTS, *notebook.POSTS, *reviews.POSTS, *verse.POSTS),
        key=lambda post: post.published,
        reverse=True,
    )
)
