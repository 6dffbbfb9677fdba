"""The embedded Actors API: the same HTTP as Abaco behind its gateway, on SQLite and real processes.

Here live its settings, routes, models, engine and images. Nothing here imports the portal, and the portal imports
nothing from here: the two meet over HTTP only. How it differs from Abaco stands in `README.md` beside this file.
"""
