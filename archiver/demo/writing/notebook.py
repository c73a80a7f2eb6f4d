"""Posts with furniture of their own: code, a list, a table, a gallery."""

from __future__ import annotations

from archiver.demo.model import Code, Comment, Figure, Gallery, Heading, Listing, Post, Table, at, prose

CATALOGUE = Post(
    id=19,
    slug="how-i-catalogue-the-shelf",
    title="How I catalogue the shelf",
    author="Nadia Brodie",
    published=at("2023-10-02 21:15"),
    categories=("Books", "Life"),
    tags=("lending", "lists"),
    body=(
        *prose("""
        Ingrid lends [by instinct and regret](/2023/09/14/on-lending-books/). I lend by spreadsheet, or I did
        until the spreadsheet grew a second sheet, and the second sheet grew opinions. This autumn I threw it
        out and began again with a plain text file and a few lines of Python, and since three of you have
        asked how it works, here it is.
        """),
        Heading("One line for each book"),
        *prose("""
        Every book gets one line, with its fields parted by bars, because a bar is the one thing that our
        authors never put in a title. The room comes first, since a book that I cannot walk to might as well
        not exist. Then come the title, the weeks that it has been away, and the name of whoever has it,
        which is mostly nobody.
        """),
        Code("""\
kitchen | The Bread Book        |  0 |
landing | A History of Ladders  | 31 | Mogens
bedroom | Fish & Other Worries  |  2 | the dentist"""),
        Heading("Asking it questions"),
        *prose("""
        Reading the file back takes no library and no cleverness. The only part of which I am proud is the
        last test, which leaves me alone for eight weeks before it begins to fret, because that is how long a
        decent person needs for a long novel and a cold.
        """),
        Code("""\
for line in open("shelf.txt", encoding="utf-8"):
    room, title, weeks, reader = (field.strip() for field in line.split("|"))
    if reader and not int(weeks) < 8:
        print(f"<{title}> & {reader}: time for a visit, with cake")"""),
        Heading("What it cannot do"),
        *prose("""
        It cannot tell me why we own the same atlas twice, or who wrote “no!!” in the margin of the bread
        book. It does not know that the blue paperbacks on the landing stand in the order in which we met,
        rather than by author. I have decided that this is as it should be. A catalogue ought to know where
        things are; somebody in the house should have to remember why.
        """),
    ),
    comments=(
        Comment(
            133,
            "Ravi",
            at("2023-10-03 07:58"),
            "If a title ever has a bar in it, your `split` will sulk. Ask me how I know.",
            url="https://ravi-tinkers.example/",
        ),
    ),
)

PHOTOGRAPHS = Post(
    id=73,
    slug="the-harbour-in-four-photographs",
    title="The harbour in four photographs",
    author="Nadia Brodie",
    published=at("2024-04-06 13:45"),
    categories=("Life",),
    tags=("photographs", "the sea"),
    body=(
        *prose("""
        I was given an old camera for my birthday, the sort with a little window in the top that you look
        down into, and I have spent the month learning to see the harbour the wrong way round. Everything
        that goes left goes right. I have apologised to two bollards.

        These four are from a single morning, between the first ferry and the second. The light was flat and
        kind, there was a rim of ice along the inside of the wall, and the only other person about was the
        harbour master, who watched me change the film inside my coat and then, with great tact, offered me
        the use of his shed.
        """),
        Gallery(
            (
                Figure("2024/04/wall.png", "The harbour wall at dawn", "The wall, before anybody sat on it"),
                Figure("2024/04/ropes.png", "Coiled ropes on a quay", "Ropes, asleep"),
                Figure("2024/04/gull.png", "A gull in front of a crane", "The crane & its gull"),
                Figure("2024/04/second-ferry.png", "A ferry coming in", "The second ferry, a little late"),
            )
        ),
        *prose("""
        The third is the one that I like, though it is the least sharp. I had meant to photograph the crane.
        The gull arrived at the last moment, as gulls do, and sat down exactly where the picture had been
        missing something.

        And because he asked so nicely, here is the shed as well. It does not count as one of the four.
        """),
        Figure(
            "2024/04/shed.png",
            "A tarred shed with a blue door",
            "The shed, with thanks",
            align="aligncenter",
        ),
    ),
)

SPRING = Post(
    id=84,
    slug="what-we-read-in-the-spring",
    title="What we read in the spring",
    author="Ingrid Vestergaard",
    published=at("2024-05-11 16:10"),
    changed=at("2024-05-12 09:00"),
    categories=("Books",),
    tags=("lists", "novels"),
    body=(
        *prose("""
        Between the first snowdrop and the first sunburn we got through eleven books, which is fewer than
        last year and, I think, better chosen. The rain helped. So did the fact that the television has gone
        to live with Nadia’s brother, where it is said to be happy.

        These are the ones that we are still talking about, in no order at all:
        """),
        Listing(
            (
                "*The Ferryman’s Inventory*, for the second time and for the lists. [My opinion of it]"
                "(/2023/12/09/the-ferrymans-inventory-by-agnes-tolliver/) has not changed, but I cried in a "
                "different place.",
                "*Salt for the Journey*, a cookery book by a ship’s doctor, from which we have made one soup "
                "and drawn several conclusions.",
                "*A Field Guide to the Small Hours*, poems, read one a night and never two.",
                "*The Cartographer’s Landlady*, which is exactly as good as its title and no better.",
                "*Understairs*, a thriller that takes place in a cupboard, and that neither of us could "
                "go on with after dark.",
            )
        ),
        *prose("""
        Because somebody always asks, here is the count. It was kept by Nadia, who does not round up:
        """),
        Table(
            ("Month", "Ingrid alone", "Nadia alone", "Read aloud"),
            (
                ("March", "two", "two", "one"),
                ("April", "one", "two", "none"),
                ("May, so far", "one", "one", "one"),
            ),
        ),
        *prose("""
        The summer pile is leaning already. It has a Norwegian in it, two loans that came home, and something
        very long about eels, and we have agreed that whoever finishes the eels first need not take out the
        bins until September.
        """),
    ),
    comments=(
        Comment(
            290,
            "P. Okafor",
            at("2024-05-11 19:33"),
            "*Understairs* cost me a night’s sleep and a perfectly good cupboard.",
        ),
        Comment(
            291,
            "Margit Lund",
            at("2024-05-12 08:20"),
            "The eels get better after page 300. They could hardly do otherwise.",
            url="https://margit-reads.example/",
        ),
    ),
)

POSTS = (CATALOGUE, PHOTOGRAPHS, SPRING)
