"""The DCAT-AP 3.0 catalogue: read back by an RDF library, held against the published shapes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from kopa.api.app import make_app
from kopa.api.catalogue import About, routes
from kopa.city.read_sections import Publication
from kopa.store import Batch, Key, Observation, Observations, open_store

rdflib = pytest.importorskip("rdflib")
pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:pyshacl"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:owlrl"),
]
SHAPES = Path(__file__).parent / "dcat_ap" / "shapes.ttl"
DCAT = "http://www.w3.org/ns/dcat#"
DCT = "http://purl.org/dc/terms/"
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
STATED = Publication(
    'The "city" of \\ Example', LICENCE, "data@example.org", 'All "of" it \\ here.', "https://x.org"
)


@pytest.fixture(params=[Publication(), STATED], ids=["unstated", "stated"])
def client(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[TestClient]:
    about = About("Example", ("lv", "en"), (24.0, 56.0, 25.0, 57.0), request.param)
    with open_store(tmp_path / "store") as store:
        app = make_app(store)
        app.router.routes[:0] = routes(app.state.broker, about)
        with TestClient(app, base_url="http://city") as made:
            for name in ("Pump", "Valve"):
                entity = {"id": f"urn:ngsi-ld:{name}:water:1", "type": name}
                assert made.post("/ngsi-ld/v1/entities", json=entity).status_code == 201
            rows = [Observation(Key("e", "level"), 1_795_341_600_000_000, 1.0)]
            store.commit(Batch(observations=(Observations.of("", rows),)))
            yield made


def graph(client: TestClient, media: str) -> rdflib.Graph:
    answer = client.get("/catalogue", headers={"accept": media})
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(media)
    kind = "json-ld" if "json" in media else "turtle"
    return rdflib.Graph().parse(data=answer.text, format=kind)


def test_both_forms_say_the_same(client: TestClient) -> None:
    from rdflib.compare import isomorphic

    one, other = graph(client, "application/ld+json"), graph(client, "text/turtle")
    assert len(one) > 80
    assert isomorphic(one, other)


def test_it_fulfils_the_published_shapes(client: TestClient) -> None:
    """Every mandatory property, cardinality and node kind of DCAT-AP 3.0.0."""
    pyshacl = pytest.importorskip("pyshacl")
    shapes = rdflib.Graph().parse(SHAPES)
    found = graph(client, "text/turtle")
    good, _, text = pyshacl.validate(found, shacl_graph=shapes, advanced=True)
    assert good, text
    catalogue = rdflib.URIRef("http://city/catalogue")
    found.remove((catalogue, rdflib.URIRef(f"{DCT}publisher"), None))
    assert not pyshacl.validate(found, shacl_graph=shapes)[0]  # the shapes do bite


def test_each_type_is_a_dataset_and_so_are_the_observations(client: TestClient) -> None:
    found = graph(client, "text/turtle")
    title, dataset = rdflib.URIRef(f"{DCT}title"), rdflib.URIRef(f"{DCAT}Dataset")
    names = {str(found.value(one, title)) for one in found.subjects(rdflib.RDF.type, dataset)}
    assert names == {"Pump of Example", "Valve of Example", "Observations of Example"}
    urls = [str(url) for url in found.objects(None, rdflib.URIRef(f"{DCAT}accessURL"))]
    assert "http://city/export/assets.csv?type=Pump" in urls
    assert client.get("/ngsi-ld/v1/entities?type=Pump").status_code == 200
    starts = [str(one) for one in found.objects(None, rdflib.URIRef(f"{DCAT}startDate"))]
    assert len(starts) == 1
    assert starts[0].startswith("2026-11-22T10:00:00")


def test_a_licence_is_never_invented(client: TestClient) -> None:
    found = graph(client, "text/turtle")
    licences = {str(one) for one in found.objects(None, rdflib.URIRef(f"{DCT}license"))}
    rights = [str(one) for one in found.objects(None, rdflib.RDFS.label)]
    if "no licence" in "".join(rights):
        assert licences == set()
    else:
        assert licences == {LICENCE}
        mail = rdflib.URIRef("mailto:data@example.org")
        assert (None, rdflib.URIRef("http://www.w3.org/2006/vcard/ns#hasEmail"), mail) in found


def test_what_is_not_served_is_told(client: TestClient) -> None:
    answer = client.get("/catalogue", headers={"accept": "image/png"})
    assert answer.status_code == 406
    assert client.get("/catalogue", headers={"ngsild-tenant": "nowhere"}).status_code == 404
