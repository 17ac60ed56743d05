"""The one plain page: districts with their latest cases, and the way to the API documentation.

Server-rendered, Chinese first, no request to any other host. Shows what `Casework.latest` calls public, nothing else.
"""

from core.web.page import create_blueprint, error_page
from core.web.security import protect

__all__ = ["create_blueprint", "error_page", "protect"]
