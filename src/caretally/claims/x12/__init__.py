"""X12 files: claims out (837P), and what comes back in (999, 277CA, 835).

Nothing here opens a file, knows a database or judges an amount. Numbers of the implementation
guides and their structure are used; none of their text is.
"""
