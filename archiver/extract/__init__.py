"""Where HTML becomes a clean article: `article.extract` takes a page and hints and gives an Article.

    document.py   bytes -> tree
    dom.py        small tools on trees;  selectors.py finds elements by tag, class, id and attribute
    platforms/    what is known of blog engines: a declaration each
    comments/     reader comments, lifted out of the tree
    metadata/     title, authors, moments, terms (dates.py reads a date, linked.py the JSON-LD)
    kind.py       post, page or listing;  walls.py what stands in the way of the text, messages.py in which words
    parts.py      the further pages of one post, and how they are joined
    text/         tree -> blocks -> plain text and Markdown, with captions lifted
    body/         which of the blocks are the article
    review/       which work a post reviews
    entries.py    a text out of a feed or an API's answer (answers.py), for pages that have none without scripts
    language.py, usage.py    the language of the text; what may be done with the page

Beside the steps: pipeline.py joins them to the crawl; pool.py, worker.py and jobs.py run them in processes of
their own; verdict.py says whether an article is a post worth an item.

Nothing else here knows of Scrapy, files or the network. To support one more platform, add a declaration to
`platforms/`; the steps themselves stay the same.
"""
