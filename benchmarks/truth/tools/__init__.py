"""Tools, one a file: a function a task, of the task's name, and what the tool cannot do."""
