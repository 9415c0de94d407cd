"""Two reports held against each other: which numbers changed, by how much, and why."""
