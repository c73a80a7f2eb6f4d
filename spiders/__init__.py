"""Spiders: where to start and what to follow. Rules about text live in archiver/extract."""
