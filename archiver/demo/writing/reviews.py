"""Two reviews: one of a novel, with quotations, and one with stars."""

from __future__ import annotations

from archiver.demo.model import Comment, Figure, Paragraph, Post, Quote, Review, at, prose

FERRYMAN = Post(
    id=38,
    slug="the-ferrymans-inventory-by-agnes-tolliver",
    title="The Ferryman’s Inventory by Agnes Tolliver",
    author="Ingrid Vestergaard",
    published=at("2023-12-09 17:30"),
    changed=at("2023-12-11 08:12"),
    categories=("Books", "Reviews"),
    tags=("novels", "rivers"),
    body=(
        *prose("""
        I bought this one for its title, standing in the rain outside a shop that was closing down, and then
        left it on the windowsill for most of a year. That was a mistake, though a gentle one. *The
        Ferryman’s Inventory* is the kind of novel that waits for you. It is about a river crossing, the three
        generations of men who worked it, and the ledger in which each of them wrote down whatever his
        passengers left behind in the boat.
        """),
        Paragraph(
            """
            Old Bartle (one of {figure} the three ferrymen whose handwriting we learn to tell apart) was my
            favourite from his very first entry, a single glove and the weather. He never says that he is
            lonely. He only notes, on the fourth of March, that nobody has forgotten anything for nine days,
            and a page later you find that you have been holding your breath on his behalf.
            """,
            Figure(
                "2023/12/ferry.png",
                "A flat boat on a grey river under a low sun",
                "The crossing below our own town, which has no ferryman now, only a bell",
                align="alignright",
            ),
        ),
        *prose("""
        Tolliver trusts a list more than a scene, and she is right to. When something terrible happens in the
        middle of the book, it reaches us as an umbrella, a child’s boot and a blank week. I copied one entry
        into my notebook, because it does in three lines what I have seen other novels fail to do in thirty
        pages:
        """),
        Quote(
            (
                "One basket, lid tied down with blue wool. Kept it dry until the Thursday.",
                "Nobody came, so I ate the pears, and have written down how many, in case.",
            )
        ),
        *prose("""
        If I have a complaint, it is about the granddaughter, who turns up in the last third with a
        photocopier and a great many questions, and who explains to us what we had been so happy not to have
        explained. I wanted to take her by the sleeve and show her the pears. Nadia, who read it after me and
        faster, has no quarrel with the granddaughter but a large one with the ending. Her note, left on the
        kitchen table under the salt, says:
        """),
        Quote(
            (
                "He should have crossed. A man who has carried everybody else over the water for forty years "
                "is allowed to carry himself once.",
            )
        ),
        *prose("""
        I think that she is wrong, and that the whole book is built so that he cannot, but I have been
        turning it over for three days now while doing other things. That is as good a test of a novel as any
        I know. It goes on the kitchen shelf, between the atlas and the good scissors, and it does not leave
        the house.
        """),
    ),
    comments=(
        Comment(
            190,
            "Margit Lund",
            at("2023-12-09 20:14"),
            """
            I had a grandfather who kept a list of every hat that blew into the canal. We thought that he was
            joking until we found it.

            Off to order this from the library.
            """,
            url="https://margit-reads.example/",
            replies=(
                Comment(
                    191,
                    "Ingrid Vestergaard",
                    at("2023-12-09 21:02"),
                    "Please tell me that somebody has kept the list!",
                    replies=(
                        Comment(
                            193,
                            "Margit Lund",
                            at("2023-12-10 08:45"),
                            "My cousin has it, in a frame, in the bathroom. Forty-one hats and a wig.",
                            url="https://margit-reads.example/",
                        ),
                    ),
                ),
                Comment(
                    194,
                    "P. Okafor",
                    at("2023-12-10 11:30"),
                    "The library has two copies, and I have just returned one of them. Mind page 88, which is jam.",
                ),
            ),
        ),
        Comment(
            192,
            "Tom & Jo",
            at("2023-12-10 07:19"),
            "We side with Nadia. *He should have crossed.* We argued about it all the way to Odense and "
            "missed the exit.",
            url="https://tomandjo.example/?from=two-chairs&page=1",
        ),
    ),
)

CORRAN_LIGHT = Post(
    id=60,
    slug="review-nine-winters-at-corran-light",
    title="Review: Nine Winters at Corran Light",
    author="Nadia Brodie",
    # Twenty-five past midnight: in GMT this is still the day before.
    published=at("2024-02-24 00:25"),
    categories=("Books", "Reviews"),
    tags=("memoir", "the sea"),
    review=Review("Nine Winters at Corran Light", "Duncan Abernethy", rating=4),
    body=prose("""
        Duncan Abernethy went out to the lighthouse at Corran for a fortnight, as relief for a keeper with a
        bad tooth, and came back nine years later with a beard, a goat and the notebooks of which this memoir
        is made. I read it over three nights with the window open a hand’s width, so as to have some weather
        in the room.

        The surprise is how crowded it is. I had expected solitude and got a boarding house: two other
        keepers who have not spoken since an argument over jam, a supply boat whose crew has a running joke
        that takes four winters to explain, and a radio operator on the mainland, never met, who becomes the
        most vivid person in the book. Abernethy is very good on voices. He is good, too, on the way in which
        three men in a round building divide it into corners.

        Where it flags is the seventh winter. There is a long chapter on the conversion of the lamp, with
        wattages, and I will confess that I read it at the pace at which one passes through a neighbour’s
        holiday photographs. A firmer editor would have kept the diagram and let the prose go. But then comes
        the storm, and the goat on the stairs, and all is forgiven.

        My rating: ★★★★☆. I have taken off one star for the wattages, and should like it to be understood
        that it was nearly half of one.

        *Nine Winters at Corran Light* is a book for anybody who has ever wanted to be left alone and has
        then listened, all evening, for the boat.
        """),
    comments=(
        Comment(
            231,
            "Eilidh",
            at("2024-02-24 09:50"),
            "I am told that the goat was real, and that it outlived two of the keepers.",
            replies=(
                Comment(
                    232,
                    "Nadia Brodie",
                    at("2024-02-24 10:31"),
                    "I should have believed in that goat even if he had made it up.",
                ),
            ),
        ),
    ),
)

POSTS = (FERRYMAN, CORRAN_LIGHT)
