"""Drawing: results become lines of styled pieces; rich turns them into colours."""
