"""The shapes of what goes in and out, one file a resource, named by the Actors API's own nouns."""
