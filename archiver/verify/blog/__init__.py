"""A blog's folder: its index, its items and its page list, compared with the records of its archive."""
