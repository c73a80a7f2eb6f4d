"""Essays: on lending, on bookmarks, on giving up; and a note of two sentences."""

from __future__ import annotations

from archiver.demo.model import Comment, Footnotes, Post, at, prose

LENDING = Post(
    id=11,
    slug="on-lending-books",
    title="On lending books",
    author="Ingrid Vestergaard",
    published=at("2023-09-14 20:00"),
    categories=("Books", "Life"),
    tags=("lending",),
    body=prose("""
        There are people who lend books as if they were umbrellas, cheerfully and without much hope of seeing
        them again, and there are people who lend books as if they were kidneys. I was brought up among the
        second kind. My father kept a school exercise book by the hall door, ruled in three columns, and
        nobody crossed the threshold with a novel under the arm until all three had been filled in, in ink,
        with the date.

        I have tried to be more generous than that, with mixed results. In the last ten years I have lent
        out, by a cautious count, some sixty books, and a little over forty have come home. Two came home
        better than they left: one with its torn jacket mended in tissue, and one with a pressed violet at
        the place where the borrower, a very shy man, had evidently stopped to think. One came home as a
        different book altogether, and I have never had the courage to ask.

        What I have slowly understood is that the missing ones are not lost. They are being read somewhere
        else, at somebody else’s speed. The novel about the beekeepers has been with our neighbour Mogens
        since the year of the big storm. I see its orange spine through his window when I take the bins out,
        and each time I think how well it looks there, between the seed catalogues and the radio.

        So I have made a rule, which I offer to anyone who needs one. Never lend a book that you would be
        sorry to give. If you would be sorry to give it, buy a second copy and lend that; and if there is no
        second copy to be had, put the kettle on and read the thing aloud. It takes longer, but you get to
        watch their face.

        The exercise book is mine now. The last entry in my father’s hand is for a field guide to mosses,
        borrowed by the dentist in 1994. The column for its return is still there, ruled and empty and
        patient, and I would not fill it in now for anything.
        """),
    comments=(
        Comment(
            120,
            "Mogens",
            at("2023-09-15 06:55"),
            "I am on page 60. The bees have just arrived.",
            replies=(
                Comment(
                    121,
                    "Ingrid Vestergaard",
                    at("2023-09-15 12:10"),
                    "Take your time, Mogens. They stay until the end.",
                ),
            ),
        ),
    ),
)

BOOKMARKS = Post(
    id=52,
    slug="a-short-history-of-my-bookmarks",
    title="A short history of my bookmarks",
    author="Ingrid Vestergaard",
    published=at("2024-01-31 18:40"),
    categories=("Books", "Life"),
    tags=("bookmarks",),
    body=(
        *prose("""
        The first bookmark that I can remember was a bus ticket, green, from a line that no longer runs.[^1]
        I was seven and had just found out that you could stop a story in the middle and that it would still
        be there in the morning, which seemed to me a greater invention than the bus. I left the ticket in
        its place long after I had finished the book, to hold the door open.

        In my teens I believed in proper bookmarks. I had a leather one with a gilt swan, a woven one from an
        aunt,[^2] and a brass clip, a prize for attendance, that left a small bite in every page it touched.
        None of them was ever to hand when I wanted it. That is the whole trouble with a proper bookmark: it
        has somewhere else to be.

        Since then I have used whatever the day has put down beside me. A tram receipt, a feather, the card
        from a bunch of flowers, a strip of wallpaper from the flat where we took off eleven layers and
        stopped at the twelfth because it had birds on it. When I take an old book from the shelf now, it is
        the bookmark that I read first, and sometimes I do not get any further.[^3]

        Nadia turns down the corners of pages. I have made my peace with this, as one does with weather. She
        says that a folded corner is the only bookmark that cannot fall out on the train, and that it shows
        the next reader where somebody was interrupted by their stop, their supper, or the end of the light.
        """),
        Footnotes(
            (
                "Line 14, from the sugar factory to the baths. It has been replaced by a roundabout.",
                "She wove one for every child in the family and then, being thorough, one for each of the dogs.",
                "The record is held by a gas bill from 1988, with a shopping list on the back for a party to "
                "which I am fairly sure that I was not invited.",
            )
        ),
    ),
    comments=(
        Comment(
            220,
            "Eilidh",
            at("2024-02-01 09:04"),
            "I once found a slice of bacon in a library book. Cooked, I should add.",
        ),
    ),
)

GIVING_UP = Post(
    id=66,
    slug="do-you-finish-books-you-dislike",
    title="Do you finish books you dislike?",
    author="Ingrid Vestergaard",
    published=at("2024-03-16 18:05"),
    categories=("Books",),
    tags=("novels", "questions"),
    body=prose("""
        I ask because I have just closed one on page two hundred and eleven, with a hundred and ninety still
        to go, and put it on the stairs, where those things stand that are on their way out of the house. I
        felt wicked for about as long as it takes to boil an egg. Then I felt as one does when a meeting has
        been cancelled.

        For most of my life I finished everything. I thought of it as manners. Somebody had gone to the
        trouble of writing the thing, and the least that I could do was to sit there until they had stopped
        talking. It took me until forty to notice that the author was not, in fact, in the room, and that
        nobody’s feelings were being spared but those of a rather stern nine-year-old with a library card.

        The argument on the other side is a good one, and I do not want to wave it away. Some books are slow
        to unlock. There are two novels on the kitchen shelf that I would carry out of a fire, and I came
        close to giving up both of them before the hundredth page. If I had had today’s rule then, I should
        be a slightly different person and not, I think, a better one.

        So my present rule is a compromise: a hundred pages less my age, read honestly, on a day when I am
        not cross. It grows more lenient every year, which seems to me a fair reward for getting older. What
        is yours?
        """),
    comments=(
        Comment(
            240,
            "Margit Lund",
            at("2024-03-16 19:11"),
            "Always to the end. I paid for those pages.",
            url="https://margit-reads.example/",
            replies=(
                Comment(
                    241,
                    "Ravi",
                    at("2024-03-16 19:40"),
                    "You have paid for the bath water as well, and yet you get out when it is cold.",
                    url="https://ravi-tinkers.example/",
                    replies=(
                        Comment(
                            243,
                            "Margit Lund",
                            at("2024-03-16 20:02"),
                            "I see that you have never met my mother.",
                            url="https://margit-reads.example/",
                        ),
                        Comment(
                            247,
                            "Mogens",
                            at("2024-03-17 07:15"),
                            "One can always add hot water. With a book it is harder.",
                        ),
                    ),
                ),
            ),
        ),
        Comment(
            242,
            "Eilidh",
            at("2024-03-16 19:58"),
            """
            Fifty pages for novels, twenty for anything with a ghost in it.

            Cookery books I finish regardless, because one never knows.
            """,
        ),
        Comment(
            244,
            "P. Okafor",
            at("2024-03-16 21:25"),
            "I read the last chapter. If I do not care how they got there, I let them go.",
            replies=(
                Comment(
                    245,
                    "Ingrid Vestergaard",
                    at("2024-03-16 21:50"),
                    "That is either wisdom or vandalism, and I thought about it through two cups of tea.",
                    replies=(
                        Comment(
                            246,
                            "P. Okafor",
                            at("2024-03-16 22:13"),
                            "It is a librarian’s privilege. We get very little else.",
                        ),
                    ),
                ),
            ),
        ),
        Comment(
            248,
            "Karen fra nr. 9",
            at("2024-03-17 10:30"),
            "My husband finished a manual for a machine that we had already given away.",
            replies=(
                Comment(
                    249,
                    "Nadia Brodie",
                    at("2024-03-17 11:02"),
                    "Was it at least well plotted?",
                ),
            ),
        ),
        Comment(
            250,
            "Tom & Jo",
            at("2024-03-17 15:44"),
            "Jo stops at once. Tom finishes everything aloud, in a martyred voice. < 100 pages is our record "
            "for a quarrel.",
            url="https://tomandjo.example/?from=two-chairs&page=1",
        ),
        Comment(
            251,
            "A reader",
            at("2024-03-18 23:51"),
            "I gave up on a trilogy in the second volume, in 1997. I still think about them and hope that "
            "they are well.",
            replies=(
                Comment(
                    252,
                    "Ingrid Vestergaard",
                    at("2024-03-19 08:08"),
                    "This is the best argument for finishing that I have heard yet.",
                ),
            ),
        ),
    ),
)

AWAY = Post(
    id=80,
    slug="back-on-monday",
    title="Back on Monday",
    author="Ingrid Vestergaard",
    published=at("2024-04-20 07:30"),
    categories=("Life",),
    body=prose("""
        We are away until Monday with one bag, three books and no telephone to speak of. Please be kind to one
        another in the comments, and water the basil if you are passing.
        """),
)

POSTS = (LENDING, BOOKMARKS, GIVING_UP, AWAY)
