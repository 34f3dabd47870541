import pytest

from perfdiag.packs import PACKS, loaded, pack_of

SITE = "/venv/lib/python3.11/site-packages"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (f"{SITE}/django/db/models/query.py", "django"),
        ("/usr/lib/python3/dist-packages/flask/app.py", "flask"),
        (f"{SITE}/starlette/routing.py", "fastapi"),
        (f"{SITE}/psycopg2/_psycopg.cpython-311-x86_64-linux-gnu.so", "psycopg"),
        (f"{SITE}/psycopg_pool/pool.py", "psycopg_pool"),
        ("/usr/lib/python3.11/lib-dynload/_sqlite3.cpython-311-x86_64-linux-gnu.so", "sqlite3"),
        ("/usr/lib/python3.11/logging/__init__.py", "logging"),
        ("/opt/python3.13/lib/python3.13t/asyncio/base_events.py", "asyncio"),
    ],
)
def test_a_file_of_a_known_package_is_of_its_pack(path, expected):
    found = pack_of(path)
    assert found is not None
    assert expected == found.name


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/srv/shop/redis/client.py",  # the user's own
        f"{SITE}/django_extensions/app.py",
        f"{SITE}/numpydoc.py",
        "/usr/lib/python3.11/lib-dynload/_asyncio.cpython-311-x86_64-linux-gnu.so",
        "/usr/lib/python3.11/queue.py",
        "<frozen importlib._bootstrap>",
    ],
)
def test_any_other_file_is_of_none(path):
    assert pack_of(path) is None


def test_what_every_program_loads_is_not_told_as_loaded():
    paths = [
        f"{SITE}/pandas/_libs/lib.so",
        f"{SITE}/pandas/core/frame.py",
        "/usr/lib/python3.11/logging/x.py",
    ]
    assert ("pandas",) == loaded(paths)


def test_a_package_belongs_to_one_pack():
    packages = [package for pack in PACKS for package in pack.packages]
    assert len(set(packages)) == len(packages)
    assert len({pack.name for pack in PACKS}) == len(PACKS)
