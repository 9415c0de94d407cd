"""The way in for a user's own patients: template, proposed mapping, what was understood."""
