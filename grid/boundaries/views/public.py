"""我的网格员: who serves the place where I live. For everybody, light, and without JavaScript."""

from urllib.parse import urlencode

from django.http import Http404
from django.urls import reverse

from governance.kernel.errors import Invalid
from governance.kernel.ui.formats import mask_phone
from governance.kernel.ui.views import Page
from governance.territory.models import Division, Grid, ManagementUnit

from .. import drawing, maps, selectors
from ..finding import places_matching
from ..models import GridPost
from ..states import PlaceReason, PostKind

WORDS_MOST = 60
CODES = {"unit": 6, "street": 12, "community": 12, "grid": 15}


def here(**query) -> str:
    """This page with other words behind the question mark."""
    return f"{reverse('my-grid')}?{urlencode(query)}"


class MyGridPage(Page):
    """/my-grid/: by words, by choosing, by clicking on the drawing, or by the telephone's own place."""

    public = limited = True
    title, icon = "我的网格员", "user"
    subtitle = "查自己住的地方由哪位网格员服务、电话是多少、向谁监督"
    template_name = "grid/boundaries/my_grid.html"

    def get(self, request):
        """The step that the address names; a word search comes before choosing."""
        asked = {name: self.code(name, most) for name, most in CODES.items()}
        words = request.GET.get("q", "")[:WORDS_MOST].replace("\x00", "").strip()
        if asked["grid"]:
            return self.draw(
                self.grid(
                    _one(Grid.objects.in_use().select_related("community", "street", "unit"), code15=asked["grid"])
                )
            )
        if words:
            return self.draw({"step": "found", "words": words, "places": places_matching(words)})
        for name in ("community", "street", "unit"):
            if asked[name]:
                return self.draw(getattr(self, name)(asked[name]) | {"step": name})
        if "lon" in request.GET or "lat" in request.GET:
            return self.point(request.GET)
        return self.draw(self.start())

    def post(self, request):
        """The telephone's own place: sent in the body, so that no log keeps where somebody stood. Nothing is stored."""
        return self.point(request.POST)

    def code(self, name: str, length: int) -> str:
        """A code of that many digits; "" for anything else."""
        text = self.request.GET.get(name, "")
        return text if len(text) == length and text.isascii() and text.isalnum() else ""

    def point(self, sent):
        """The grid of a point, or why there is none."""
        try:
            found = selectors.locate(float(sent.get("lon", "")), float(sent.get("lat", "")))
        except (ValueError, Invalid) as error:
            message = str(error) if isinstance(error, Invalid) else "位置须为经度和纬度两个数字。"
            return self.draw(self.start() | {"message": message}, status=400)
        if found.grid:
            return self.draw(self.grid(found.grid) | {"border": found.reason == PlaceReason.BORDER})
        return self.draw(self.start() | {"step": "outside", "located": found, "metres": round(found.distance)})

    def start(self) -> dict:
        """The city's units."""
        units = ManagementUnit.objects.order_by("code")
        rows = [{"name": unit.short_name, "url": here(unit=unit.code)} for unit in units]
        return {"step": "start", "rows": rows, "drawing": drawing.draw(maps.unit_parts(lambda code: here(unit=code)))}

    def unit(self, code: str) -> dict:
        """A unit's streets."""
        unit = _one(ManagementUnit.objects, code=code)
        streets = Division.objects.streets().filter(unit=unit).order_by("code12")
        rows = [{"name": street.name, "url": here(street=street.code12)} for street in streets]
        parts = maps.street_parts(unit, lambda code: here(street=code))
        return {"place": unit.short_name, "trail": [], "rows": rows, "drawing": drawing.draw(parts)}

    def street(self, code: str) -> dict:
        """A street's communities."""
        street = _one(Division.objects.streets().select_related("unit"), code12=code)
        communities = Division.objects.communities().filter(street=street).order_by("code12")
        rows = [{"name": row.name, "url": here(community=row.code12)} for row in communities]
        parts = maps.community_parts(street, lambda row: here(community=row.code12))
        return {"place": street.name, "trail": _trail(street.unit), "rows": rows, "drawing": drawing.draw(parts)}

    def community(self, code: str) -> dict:
        """A community's grids."""
        place = _one(Division.objects.communities().select_related("unit", "street"), code12=code)
        grids = Grid.objects.in_use().filter(community=place).order_by("code15")
        workers = selectors.full_time_posts(grids)
        rows = [
            {
                "name": row.name,
                "url": here(grid=row.code15),
                "note": f"{workers[row.pk].name} {workers[row.pk].phone}" if row.pk in workers else "网格员正在配备",
            }
            for row in grids
        ]
        parts = maps.grid_parts(place.pk, "", lambda row: here(grid=row.code15))
        trail = _trail(place.unit, place.street)
        return {
            "place": place.name, "trail": trail, "rows": rows, "drawing": drawing.draw(parts), "of_street": place.street.name,
            "supervision": selectors.supervision_phone(place.street),
            "made_up": any(post.is_synthetic for post in workers.values()),
        }  # fmt: skip

    def grid(self, grid: Grid) -> dict:
        """The answer: who serves it, and where to complain."""
        posts = list(GridPost.objects.filter(grid=grid).in_force().order_by("id"))
        worker = next((post for post in posts if post.kind == PostKind.FULL_TIME), None)
        helpers = [
            {"name": post.name, "role": post.get_role_display(), "phone": mask_phone(post.phone)}
            for post in posts if post.kind != PostKind.FULL_TIME
        ]  # fmt: skip
        parts = maps.grid_parts(grid.community_id, grid.code15, lambda row: here(grid=row.code15))
        shape = getattr(grid, "shape", None)
        return {
            "step": "grid", "grid": grid, "worker": worker, "helpers": helpers, "shape": shape,
            "hectares": round(shape.area_m2 / 10_000, 1) if shape else None, "dialled": dialled(worker.phone) if worker else "",
            "supervision": selectors.supervision_phone(grid.street), "drawing": drawing.draw(parts),
            "trail": _trail(grid.unit, grid.street, grid.community),
        }  # fmt: skip


def dialled(phone: str) -> str:
    """A number that a telephone can dial; "" for one that is not shown in full."""
    return "" if "*" in phone else phone.replace(" ", "")


def _trail(unit=None, street=None, community=None) -> list[tuple[str, str]]:
    """The way back up."""
    steps = [(str(unit), here(unit=unit.code))] if unit else []
    steps += [(street.name, here(street=street.code12))] if street else []
    return steps + ([(community.name, here(community=community.code12))] if community else [])


def _one(queryset, **lookup):
    """One public place or 404."""
    found = queryset.filter(**lookup).first()
    if found is None:
        raise Http404
    return found
