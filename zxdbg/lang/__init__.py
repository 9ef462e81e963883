"""The command language: one grammar and one tolerant parse, for every reader of a line."""
