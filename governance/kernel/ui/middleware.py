"""适老 mode: ``?mode=elder`` switches large type on, ``?mode=normal`` off; a cookie remembers it, no script needed."""

ELDER, NORMAL = "elder", "normal"
COOKIE = "display_mode"
ONE_YEAR = 365 * 86400


def is_elder(request) -> bool:
    """True when this page is to be drawn in large type: the address decides, else the cookie."""
    return (request.GET.get("mode") or request.COOKIES.get(COOKIE)) == ELDER


class DisplayModeMiddleware:
    """Remembers the display mode that an address asks for."""

    def __init__(self, get_response):
        """Keep the next handler."""
        self.get_response = get_response

    def __call__(self, request):
        """Answer, and set the cookie when ``?mode=`` names a mode."""
        response = self.get_response(request)
        mode = request.GET.get("mode")
        if mode in (ELDER, NORMAL):
            response.set_cookie(
                COOKIE, mode, max_age=ONE_YEAR, httponly=True, samesite="Lax", secure=request.is_secure()
            )
        return response
