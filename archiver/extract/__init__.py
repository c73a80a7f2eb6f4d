"""Where HTML becomes a clean article: `article.extract` takes a page and hints and gives an Article.

Nothing here knows of Scrapy, files or the network. To support one more platform, add a declaration to
`platforms/`; the steps themselves stay the same.
"""
