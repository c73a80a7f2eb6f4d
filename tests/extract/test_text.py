"""Text and Markdown say the same thing: every kind of block in both."""

from __future__ import annotations


def test_short_post(post):
    """A post of one sentence is neither dropped nor filled up from the rest of the page."""
    assert post("<p>Gone reading. Back on Monday.</p>").text == "Gone reading. Back on Monday."


def test_image_only_post(post):
    """A post that is one image has no text, and its image."""
    made = post('<p><img src="/i/snow.jpg" alt="Snow"></p>')
    assert made.text == ""
    assert [i.url for i in made.images] == ["https://blog.example/i/snow.jpg"]
    assert "no_text" in made.flags


def test_title_is_no_line(post, fill):
    """The title is not repeated in the text."""
    assert not post(f"<h2>A post</h2>{fill}").text.startswith("A post")


def test_verse(post, fill):
    """Lines of a poem stay lines, whether broken by br or set as verse."""
    made = post(
        f"{fill}<p>The tide goes out,<br>the tide comes in,<br>and nobody counts it.</p>"
        '<pre class="wp-block-verse">So says the <em>stone</em>,\nand it is old.</pre>'
    )
    assert "The tide goes out,\nthe tide comes in,\nand nobody counts it." in made.text
    assert "So says the stone,\nand it is old." in made.text
    assert "The tide goes out,  \nthe tide comes in,  \nand nobody counts it." in made.markdown
    assert "So says the stone,  \nand it is old." in made.markdown


def test_two_breaks_end_a_paragraph(post, fill):
    """Text that is parted by empty lines instead of paragraphs becomes paragraphs."""
    made = post(
        f"<div>One thing happened on the way home.<br><br>Then <b>another<br/><br/>and a third</b>"
        f" thing did.</div>{fill}"
    )
    assert made.text.split("\n\n")[:3] == [
        "One thing happened on the way home.",
        "Then another",
        "and a third thing did.",
    ]
    assert "**another**\n\n**and a third** thing did." in made.markdown


def test_lists(post, fill):
    """List items are one a line, numbered and nested in the Markdown."""
    made = post(
        f"{fill}<ol><li>Flour</li><li>Water<ul><li>cold</li><li>clean</li></ul></li></ol><p>Mix all"
        f" of it, and wait.</p>"
    )
    assert "Flour\nWater\ncold\nclean\n\nMix all of it, and wait." in made.text
    assert "1. Flour\n2. Water\n    - cold\n    - clean\n\nMix all of it, and wait." in made.markdown


def test_table(post, fill):
    """Table rows are one a line, cells parted by bars."""
    made = post(
        f"{fill}<table><thead><tr><th>Title</th><th>Year</th></tr></thead><tbody><tr><td>The"
        f" Faces</td><td>1968</td></tr>"
        "<tr><td>Youth</td><td><a href='/y'>1967</a></td></tr></tbody></table><p>These I have read"
        " this winter, and more.</p>"
    )
    assert "Title | Year\nThe Faces | 1968\nYouth | 1967\n\nThese" in made.text
    assert (
        "| Title | Year |\n| --- | --- |\n| The Faces | 1968 |\n| Youth | [1967](https://blog.example/y) |"
        in made.markdown
    )


def test_layout_table(article, fill):
    """A table that only sets columns is no table."""
    made = article(
        f"<html><body><table><tr><td><a href='/'>Home</a></td><td><h1>A post</h1>{fill}</td></tr></table></body></html>"
    )
    assert "|" not in made.text
    assert "nobody in them seems to mind it much.\n\nLater" in made.text


def test_headings_quotes_code(post, fill):
    """Headings, quotes in quotes, code and rules have their Markdown."""
    made = post(
        f"<h2>The plot</h2>{fill}<blockquote><p>Outer words.</p><blockquote><p>Inner"
        f" words.</p></blockquote></blockquote>"
        '<hr><pre><code class="language-python">def f(x):\n    return x  # *a*</code></pre><p>Call'
        " <code>f_x</code>, or *not* at all.</p>"
    )
    assert "## The plot\n\n" in made.markdown
    assert "> Outer words.\n>\n> > Inner words." in made.markdown
    assert "\n\n---\n\n```python\ndef f(x):\n    return x  # *a*\n```\n\n" in made.markdown
    assert "Call `f_x`, or \\*not\\* at all." in made.markdown
    assert "def f(x):\n    return x  # *a*" in made.text


def test_definitions_and_details(post, fill):
    """Terms, definitions and hidden spoilers are text."""
    made = post(
        f"{fill}<dl><dt>Tomas</dt><dd>The surgeon.</dd></dl><details><summary>Spoiler: the"
        f" ending</summary><p>They all live,"
        " in the country, for a while.</p></details>"
    )
    assert "Tomas\nThe surgeon." in made.text
    assert "Spoiler: the ending\n\nThey all live, in the country, for a while." in made.text


def test_footnotes(post, fill):
    """Notes stay below the text, without the arrows that lead back."""
    made = post(
        '<p>It was raining, as it had to be in that book<sup id="fnref:1"><a href="#fn:1"'
        ' class="footnote-ref">1</a></sup>, and'
        f' nobody came.</p>{fill}<div class="footnotes"><ol><li id="fn:1"><p>See page eight of my'
        f' edition. <a href="#fnref:1"'
        ' class="footnote-backref">\u21a9</a></p></li></ol></div>'
    )
    assert made.text.endswith("See page eight of my edition.")
    assert "\u21a9" not in made.markdown


def test_furniture_words_as_the_authors_own(post, fill):
    """A heading and a sentence made of furniture words stay when the author wrote them."""
    made = post(
        f"{fill}<h2>Related</h2><p>How are these two families related? It takes the book three"
        f" hundred pages to say so.</p>"
        "<p>Share this if you liked it, and leave a comment below if you did not!</p>"
    )
    assert "\n\nRelated\n\nHow are these" in made.text
    assert made.text.endswith("leave a comment below if you did not!")


def test_entities_once(post, fill):
    """Entities are decoded once: an ampersand that the author escaped stays escaped."""
    assert "Write &amp; for &, he said." in post(f"<p>Write &amp;amp; for &amp;, he said.</p>{fill}").text


def test_links(post, fill):
    """Links of the article are listed once each, absolute; other schemes are left out."""
    made = post(
        f"{fill}<p>See <a href='/a'>this</a>, <a href='mailto:x@y.example'>me</a>, <a"
        f" href='#top'>top</a>, <a href='/a'>this</a>.</p>"
    )
    assert [(a.url, a.text) for a in made.links] == [("https://blog.example/a", "this")]


def test_simhash(post, fill):
    """The text has a fingerprint of sixteen hexadecimal digits, the same each time."""
    one, two = post(fill), post(fill)
    assert one.simhash == two.simhash
    assert one.simhash is not None
    assert len(one.simhash) == 16
    assert int(one.simhash, 16) >= 0


def test_a_refrain_stays(post, fill):
    """A paragraph that the author says twice side by side is there twice."""
    said = "I have kept the letter in the tin box, and I will keep it there until the house is sold."
    made = post(f"{fill}<blockquote><p>{said}</p><p>{said}</p></blockquote><p>And that was the end of it.</p>")
    assert made.text.count(said) == 2


def test_verse_keeps_its_indents(post, fill):
    """The lines of a poem stand in as far as the poet set them."""
    made = post(f'{fill}<pre class="wp-block-verse">The kettle sings\n    and nobody hears</pre>')
    assert "The kettle sings\n    and nobody hears" in made.text
    assert "The kettle sings  \n\u00a0\u00a0\u00a0\u00a0and nobody hears" in made.markdown


def test_a_post_on_several_pages_is_flagged(post, fill):
    """A post that goes on elsewhere says that this is its first page only."""
    more = '<div class="page-links">Pages: <span>1</span> <a class="post-page-numbers" href="2/">2</a></div>'
    assert "first_page_only" in post(fill + more).flags
    assert "first_page_only" not in post(fill).flags


def test_a_post_behind_a_password_is_flagged(post):
    """A post that asks for a password says so, and nothing else about its text."""
    form = '<form class="post-password-form"><p>This content is password protected.</p><input type="password"></form>'
    assert post(form).flags == ("password",)
