"""Reader comments: found in the tree, read one by one, and lifted out of it; or read out of what APIs and feeds say.

items.py    where the comments of a page stand;  fields.py reads one, names.py knows the themes' class names
pings.py    what other blogs' software said: pingbacks and trackbacks
count.py    how many comments the page itself says there are
lift.py     all of this for one page
pages.py    the further pages of one post's comments
sources/    comments out of archived answers of APIs and feeds, one module a platform
merge.py    one discussion out of two sources
"""
