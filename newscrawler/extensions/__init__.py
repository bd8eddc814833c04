"""Extensions: they listen to a crawl and tell a person about it."""
