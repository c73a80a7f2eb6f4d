"""Reader comments: found in the tree, read one by one, and lifted out of it."""
