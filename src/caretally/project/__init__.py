"""The Django project: settings from the environment, and the program opened with them."""
