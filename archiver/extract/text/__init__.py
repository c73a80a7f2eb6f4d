"""Text out of a tree: captions lifted, the tree read as blocks, blocks written as text and Markdown."""
