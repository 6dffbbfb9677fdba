"""Links between actors: which sends its events to which, drawn as a graph."""
