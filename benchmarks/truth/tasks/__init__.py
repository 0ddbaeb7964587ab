"""Tasks, one a file: what is asked, the truth, and how far an answer may be from it."""
