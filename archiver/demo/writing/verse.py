"""Two poems: one that needs its indents, one in plain lines."""

from __future__ import annotations

from archiver.demo.model import Comment, Heading, Post, at, poem, prose

WET_WEEK = Post(
    id=31,
    slug="two-poems-for-a-wet-week",
    title="Two poems for a wet week",
    author="Nadia Brodie",
    published=at("2023-11-18 10:05"),
    categories=("Poems",),
    tags=("rain",),
    body=(
        *prose("""
        It rained from Sunday until the small hours of Saturday, and I got nothing done except these two. The
        first keeps its indents because the gutter outside my window really does come in late on every second
        line. The second I wrote standing up, in the hall, on the back of a seed packet.
        """),
        Heading("The gutter’s part"),
        poem(
            """
All week the rain has had the floor.
    It makes one point, and makes it well,
and then it makes the point once more
    to every pan and windowsill.

I set a bowl beneath the beam,
    a second bowl beside the door,
and all night long the two of them
    keep up a disagreeing score.

By Thursday I have learned the tune.
    By Friday I can hum the part
the gutter takes, a little flat,
    and have the downpipe off by heart.
""",
            preformatted=True,
        ),
        Heading("Drying"),
        poem("""
On Saturday the sky is put away,
folded small, the damp side in.
Two coats drip in the hall like guests
who cannot think how to begin.

I hang my gloves along the rail
and find your list still in the thumb:
bread, lamp oil, stamps, something sweet,
as if we knew the sun would come.
"""),
        *prose("""
        Ingrid says that the second one needs another stanza. I say that the sun came out, and that one ought
        to know when to stop. You may settle it between you below.
        """),
    ),
    comments=(
        Comment(
            170,
            "Mogens",
            at("2023-11-18 16:40"),
            "No more stanzas. But who was the something sweet for?",
        ),
    ),
)

POSTS = (WET_WEEK,)
