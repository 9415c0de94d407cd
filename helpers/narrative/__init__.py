"""Sentences, captions and alternative texts made from results."""
