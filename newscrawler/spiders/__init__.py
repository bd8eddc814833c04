"""Spiders: they ask the frontier what to fetch and yield one RawPage per outcome. They never write."""
