"""The WSGI application for servers: `gunicorn wsgi:app`. Settings come from the environment."""

from core.factory import create_app

app = create_app()
