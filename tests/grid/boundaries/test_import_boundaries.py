"""Boundaries from GeoJSON: preview, then all of it or nothing; a line per fault; bombs refused before they are built."""

import copy
import json

import pytest
import shapely
from django.urls import reverse

from governance.kernel import clock
from governance.kernel.errors import Conflict, Forbidden, Invalid
from governance.kernel.policy import policy_change
from governance.territory.importing.services import import_confirm, import_preview
from governance.territory.models import Grid
from grid.boundaries import export, services
from grid.boundaries.geometry import from_geojson, to_geojson
from grid.boundaries.models import CommunityShape, GridShape
from tests_support import stories

pytestmark = pytest.mark.django_db


@pytest.fixture
def own(drawn, community) -> dict:
    """The home community's file as it is exported."""
    return json.loads(json.dumps(export.collection(Grid.objects.filter(community=community))))


@pytest.fixture
def preview(upload, actors):
    """``preview(collection)``: the batch that the district's office sees."""

    def run(data, by=None):
        content = data if isinstance(data, bytes) else json.dumps(data).encode()
        return import_preview(by=by or actors.social, kind="grids", upload=upload(content))

    return run


def features(data: dict) -> list[dict]:
    """The grids of a file without the community's frame."""
    return [row for row in data["features"] if row["properties"]["kind"] != "community"]


def messages(batch) -> str:
    """All errors of a batch as one text."""
    return "\n".join(f"{error['row']} {error['column']} {error['message']}" for error in batch.errors)


def test_an_export_can_be_imported_again_and_changes_nothing(own, preview, actors):
    before = dict(GridShape.objects.values_list("pk", "polygon"))
    batch = preview(own)
    assert batch.errors == []
    assert set(batch.summary["actions"]) == {"same"}
    import_confirm(by=actors.social, batch=batch)
    assert dict(GridShape.objects.values_list("pk", "polygon")) == before


def test_two_grids_change_their_common_border(own, preview, actors):
    rows = features(own)
    first = from_geojson(rows[0]["geometry"])
    other = next(row for row in rows[1:] if from_geojson(row["geometry"]).intersection(first).length > 0)
    whole = shapely.union(first, from_geojson(other["geometry"]))
    west, south, east, north = whole.bounds
    rows[0]["geometry"] = to_geojson(shapely.clip_by_rect(whole, west, south, east, round((south + north) / 2, 6)))
    other["geometry"] = to_geojson(shapely.clip_by_rect(whole, west, round((south + north) / 2, 6), east, north))
    rows[0]["properties"]["name"] = "换了名称的网格"
    batch = preview(own)
    assert batch.errors == []
    assert batch.summary["change"] == 2
    import_confirm(by=actors.social, batch=batch)
    grid = Grid.objects.get(code15=rows[0]["properties"]["code15"])
    assert grid.name == "换了名称的网格"
    assert from_geojson(grid.shape.polygon).equals(from_geojson(rows[0]["geometry"]))
    again = import_confirm(by=actors.social, batch=batch)
    assert again.applied_at == batch.__class__.objects.get(pk=batch.pk).applied_at


def halved(feature: dict) -> tuple[dict, dict]:
    """A grid's western half under its own code, the eastern one as a new grid."""
    shape = from_geojson(feature["geometry"])
    west, south, east, north = shape.bounds
    cut = round((west + east) / 2, 6)
    fresh = copy.deepcopy(feature)
    feature["geometry"] = to_geojson(shapely.clip_by_rect(shape, west, south, cut, north))
    fresh["geometry"] = to_geojson(shapely.clip_by_rect(shape, cut, south, east, north))
    fresh["properties"] |= {"code15": None, "name": "新网格"}
    return feature, fresh


def test_a_new_grid_is_numbered_after_the_last_one(own, preview, actors, community):
    rows = features(own)
    last = max(row["properties"]["code15"] for row in rows if row["properties"]["kind"] == "base")
    own["features"] += [halved(rows[1])[1], halved(rows[0])[1]]
    batch = preview(own)
    assert batch.errors == []
    assert batch.summary["add"] == 2
    codes = [row["values"]["code15"] for row in batch.rows[-2:]]
    assert sorted(codes) == [f"{int(last) + 1}", f"{int(last) + 2}"]
    import_confirm(by=actors.social, batch=batch)
    assert set(Grid.objects.filter(name="新网格").values_list("code15", flat=True)) == set(codes)
    assert GridShape.objects.filter(grid__name="新网格").count() == 2


def merged(own: dict) -> dict:
    """The file with the first grid taken over by a neighbour; the properties of the one that ends."""
    rows = features(own)
    first = from_geojson(rows[0]["geometry"])
    other = next(row for row in rows[1:] if from_geojson(row["geometry"]).intersection(first).length > 0)
    other["geometry"] = to_geojson(shapely.union(first, from_geojson(other["geometry"])))
    rows[0]["properties"]["ended"], rows[0]["geometry"] = True, None
    return rows[0]["properties"]


def test_two_grids_become_one_and_the_code_is_never_given_again(own, preview, actors, client):
    gone = merged(own)
    grid = Grid.objects.get(code15=gone["code15"])
    facts = services.PostFacts(grid, "worker", "王敏", "0411-1", clock.today())
    services.post_appoint(by=actors.social, facts=facts)
    batch = preview(own)
    assert messages(batch) == ""
    assert batch.summary["change"] == 2
    import_confirm(by=actors.social, batch=batch)
    grid.refresh_from_db()
    assert grid.ended_on == clock.today()
    assert not grid.posts.in_force().exists()
    assert not GridShape.objects.filter(grid=grid).exists()
    with pytest.raises(Conflict):
        services.post_appoint(
            by=actors.social, facts=services.PostFacts(grid, "worker", "李静", "0411-1", clock.today())
        )
    assert client.get("/my-grid/", {"grid": gone["code15"]}).status_code == 404
    again = json.loads(json.dumps(export.collection(Grid.objects.filter(community=grid.community))))
    assert gone["code15"] not in json.dumps(again)
    again["features"].append(halved(features(again)[0])[1])
    assert preview(again).rows[-1]["values"]["code15"] > max(
        row["properties"]["code15"] or "" for row in features(again) if row["properties"]["kind"] == "base"
    )
    gone |= {"ended": False}
    own["features"][1]["geometry"] = features(again)[0]["geometry"]
    assert "已停用" in messages(preview(own))


def test_ending_needs_a_grid_and_leaves_no_gap(own, preview):
    rows = features(own)
    rows[0]["properties"]["ended"], rows[0]["geometry"] = True, None
    assert "没有网格覆盖" in messages(preview(own))
    rows[0]["properties"] |= {"code15": "210202008001777"}
    assert "不能停用" in messages(preview(own))


@pytest.mark.parametrize(("kind", "last"), [("base", 899), ("special", 999)])
def test_when_the_numbers_have_run_out(own, preview, community, kind, last):
    """Base grids never spill over into the special ones' numbers."""
    Grid.objects.create(code15=f"{community.code12}{last}", community=community, street_id=community.street_id,
                        unit_id=community.unit_id, seq=last, kind=kind, name="最后一个", ended_on=clock.today())  # fmt: skip
    fresh = halved(features(own)[0])[1]
    fresh["properties"]["kind"] = kind
    own["features"].append(fresh)
    assert "顺序码已用完" in messages(preview(own))


def test_a_number_taken_meanwhile_is_not_given_again(own, preview, actors, community):
    own["features"].append(halved(features(own)[0])[1])
    batch = preview(own)
    code = batch.rows[-1]["values"]["code15"]
    Grid.objects.create(code15=code, community=community, street_id=community.street_id, unit_id=community.unit_id,
                        seq=int(code[12:]), name="别人的")  # fmt: skip
    with pytest.raises(Conflict):
        import_confirm(by=actors.social, batch=batch)
    assert Grid.objects.get(code15=code).name == "别人的"


def bow_tie(rows):
    rows[0]["geometry"] = {"type": "Polygon", "coordinates": [[[121, 38], [122, 39], [122, 38], [121, 39], [121, 38]]]}


def open_ring(rows):
    rows[0]["geometry"]["coordinates"][0].pop()


def wide(rows):
    rows[0]["geometry"] = to_geojson(from_geojson(rows[0]["geometry"]).buffer(0.002, join_style="mitre"))


def narrow(rows):
    rows[0]["geometry"] = to_geojson(from_geojson(rows[0]["geometry"]).buffer(-0.0005, join_style="mitre"))


def projected(rows):
    rows[0]["geometry"] = {"type": "Polygon", "coordinates": [[[4e7, 4e6], [4e7 + 9, 4e6], [4e7, 4e6 + 9], [4e7, 4e6]]]}


def swapped(rows):
    ring = rows[0]["geometry"]["coordinates"][0]
    rows[0]["geometry"] = {"type": "Polygon", "coordinates": [[[lat, lon] for lon, lat in ring]]}


def put(**properties):
    return lambda rows: rows[0]["properties"].update(properties)


def twice(rows):
    rows[1]["properties"]["code15"] = rows[0]["properties"]["code15"]


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (bow_tie, "边界 边界自相交"),
        (open_ring, "环没有闭合"),
        (wide, "与网格"),
        (wide, "社区边界之外"),
        (narrow, "没有网格覆盖"),
        (lambda rows: rows[0].update(geometry={"type": "Point", "coordinates": [121, 38]}), "须为 Polygon"),
        (lambda rows: rows[0].update(geometry=None), "须为 Polygon"),
        (projected, "WGS 84"),
        (swapped, "经度在前"),
        (put(code15="12345"), "网格编码须为 15 位数字"),
        (put(code15="210202008001000"), "顺序码须在 001–999"),
        (put(code15="210202008001950"), "专属网格为 900–999"),
        (put(code15="210202005001001"), "前 12 位应为社区代码"),
        (put(community="210202008999", code15=None), "没有这个社区"),
        (put(community=None, code15=None), "请写明社区代码"),
        (put(code15=None, name=None), "新网格须有名称"),
        (put(households=-1), "户数"),
        (put(kind="fancy"), "类型须为"),
        (put(is_sketch="maybe"), "true 或 false"),
        (put(name="换\n行"), "不能含换行"),
        (twice, "重复"),
    ],
)  # fmt: skip
def test_every_fault_has_its_line_and_nothing_is_written(own, preview, actors, spoil, words):
    before = list(GridShape.objects.order_by("pk").values_list("pk", "polygon", "updated_at"))
    spoil(features(own))
    batch = preview(own)
    assert words in messages(batch)
    assert batch.status == "refused"
    with pytest.raises(Conflict):
        import_confirm(by=actors.social, batch=batch)
    assert list(GridShape.objects.order_by("pk").values_list("pk", "polygon", "updated_at")) == before


def test_a_neighbours_grid_is_no_place_to_draw(own, preview, drawn):
    """Overlap with a community that is not in the file at all."""
    other = next(row for row in drawn if row.grid.street.code12 == stories.SIBLING)
    fresh = {
        "community": features(own)[0]["properties"]["community"],
        "name": "越界",
        "kind": "base",
        "is_sketch": True,
    }
    own["features"].append({"type": "Feature", "properties": fresh, "geometry": other.polygon})
    found = messages(preview(own))
    assert f"与网格 {other.grid.code15} 重叠" in found
    assert "社区边界之外" in found


def test_a_survey_replaces_the_sketch_and_makes_the_communitys_own_boundary(own, preview, actors, community):
    data = {"type": "FeatureCollection", "features": features(own)}
    for row in data["features"]:
        row["properties"] |= {"is_sketch": False, "source": "2026 年测绘"}
        row["geometry"] = to_geojson(shapely.affinity.translate(from_geojson(row["geometry"]), 0.01, 0.01))
    batch = preview(data)
    assert messages(batch) == ""
    import_confirm(by=actors.social, batch=batch)
    assert not GridShape.objects.filter(grid__community=community, is_sketch=True).exists()
    frame = CommunityShape.objects.get(community=community)
    assert not frame.is_sketch
    assert frame.area_m2 == pytest.approx(
        sum(GridShape.objects.filter(grid__community=community).values_list("area_m2", flat=True)), rel=0.001
    )


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"not json", "不是有效的 GeoJSON"),
        (b"\xff\xfe", "不是有效的 GeoJSON"),
        (b"[1]", "FeatureCollection"),
        (b'{"type": "FeatureCollection", "features": []}', "没有边界"),
        (b'{"type": "FeatureCollection", "features": [NaN]}', "不是有效的 GeoJSON"),
        (b"[" * 100_000 + b"]" * 100_000, "嵌套过深"),
        (b"[" * 400_000, "折点超过"),
        (b'{"a":' * 400_000, "折点超过"),
        (b" " * (9 * 1024 * 1024), "文件超过 8 MB"),
        (b'{"type": "FeatureCollection", "features": [' + b"1," * 3000 + b"1]}", "边界超过 3000 个"),
    ],
)
def test_files_refused_as_a_whole(preview, content, words):
    with pytest.raises(Invalid) as refusal:
        preview(content)
    assert words in refusal.value.fields["file"]


def test_caps_on_points(own, preview):
    circle = to_geojson(shapely.Point(121.6, 38.9).buffer(0.01, quad_segs=1500))
    features(own)[0]["geometry"] = circle
    assert "一个边界最多 5000 个折点" in messages(preview(own))
    policy_change(key="grid.import.max_vertices", value=100, effective_from=clock.today())
    with pytest.raises(Invalid, match="折点超过"):
        preview(own)


def test_the_code_of_the_city_management_comes_and_goes_with_the_file(own, preview, actors, client, cast):
    rows = features(own)
    rows[0]["properties"]["unit_grid_code"] = 210202008001099
    batch = preview(own)
    assert (messages(batch), batch.summary["change"]) == ("", 1)
    import_confirm(by=actors.social, batch=batch)
    code = rows[0]["properties"]["code15"]
    grid = Grid.objects.get(unit_grid_code="210202008001099")
    assert grid.code15 == code
    client.force_login(cast.staff)
    assert "210202008001099" in client.get(grid.get_absolute_url()).content.decode()
    assert [row["code15"] for row in client.get("/api/v1/grids/", {"q": "210202008001099"}).json()["results"]] == [code]
    again = json.loads(json.dumps(export.collection(Grid.objects.filter(community=grid.community))))
    assert set(preview(again).summary["actions"]) == {"same"}
    features(again)[1]["properties"]["unit_grid_code"] = "210202008001099"
    assert f"这个编码已属于 {code}" in messages(preview(again))
    for wrong in ("12345", "21020200800109x", "２１０２０２００８００１０９９"):
        features(again)[1]["properties"]["unit_grid_code"] = wrong
        assert "须为 15 位数字" in messages(preview(again))


def test_two_new_grids_cannot_share_a_code_of_the_city_management(own, preview):
    for row in features(own)[:2]:
        row["properties"]["unit_grid_code"] = "210202008001088"
    assert "这个编码已属于" in messages(preview(own))


@pytest.mark.parametrize("feature", [1, None, "x", [], {}, {"properties": 1, "geometry": 2}])
def test_features_that_are_none(preview, feature):
    batch = preview({"type": "FeatureCollection", "features": [feature]})
    assert "请写明社区代码" in messages(batch)


def test_only_within_reach(own, preview, actors):
    with pytest.raises(Forbidden):
        preview(own, by=actors.staff)
    assert "不在您的辖区内" in messages(preview(own, by=actors.foreign_social))
    assert messages(preview(own, by=actors.city)) == ""


def test_on_the_pages(client, cast, own, upload):
    client.force_login(cast.social)
    address = reverse("grid-import")
    assert client.get(address).status_code == 200
    assert client.post(address, {"file": upload(b"nonsense")}).status_code == 422
    features(own)[0]["properties"]["households"] = 321
    answer = client.post(address, {"file": upload(json.dumps(own).encode())})
    assert answer.status_code == 302
    page = client.get(answer["Location"])
    assert page.status_code == 200
    assert "更新 1 行" in page.content.decode()
    assert client.post(f"{answer['Location']}confirm/").status_code == 302
    assert Grid.objects.get(code15=features(own)[0]["properties"]["code15"]).households == 321
    bow_tie(features(own))
    answer = client.post(address, {"file": upload(json.dumps(own).encode())})
    page = client.get(answer["Location"]).content.decode()
    assert "边界自相交" in page
    assert 'class="wrong"' in page
    assert client.get(f"{answer['Location']}errors/").content[:2] == b"PK"
