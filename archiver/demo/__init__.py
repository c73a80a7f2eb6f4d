"""A small blog of our own writing, served on 127.0.0.1: something to archive without a network."""
