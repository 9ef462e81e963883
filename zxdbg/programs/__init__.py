"""Programs: a session as a script, as Python, as C, and what compiles that."""
