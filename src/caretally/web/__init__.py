"""Server-rendered pages: Django templates and htmx; nothing here decides or counts."""
