"""Which of a page's blocks are the article."""
