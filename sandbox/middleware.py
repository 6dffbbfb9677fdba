"""The front door: what every answer gets, whatever the route. Who may do what is in `access.py`."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from sandbox.front import FrontPage


class FrontDoor:
    """Answer CORS as Abaco does, and say how long every answer is."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Let one request through and dress its answer."""
        response = self.get_response(request)
        response["Content-Length"] = str(len(response.content))
        if isinstance(response, FrontPage):
            return response
        origin = request.headers.get("Origin")
        response["Access-Control-Allow-Origin"] = origin or "*"
        if origin:
            response["Vary"] = "Origin"
        if request.method == "OPTIONS":
            asked = request.headers.get("Access-Control-Request-Headers")
            if asked:
                response["Access-Control-Allow-Headers"] = asked
            response["Access-Control-Allow-Methods"] = "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT"
        return response
