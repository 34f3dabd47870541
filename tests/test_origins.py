import pytest

from perfdiag.model import Origin
from perfdiag.origins import Origins


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("/srv/shop/orders.py", Origin.USER),
        ("orders.py", Origin.USER),
        ("<string>", Origin.USER),
        ("/usr/lib/python3.11/threading.py", Origin.STDLIB),
        ("/opt/python/lib/python3.13t/queue.py", Origin.STDLIB),
        ("/usr/lib64/python3.9/queue.py", Origin.STDLIB),
        ("/usr/lib/python311.zip/queue.py", Origin.STDLIB),
        ("<frozen importlib._bootstrap>", Origin.STDLIB),
        ("/venv/lib/python3.11/site-packages/django/db.py", Origin.LIBRARY),
        ("/usr/lib/python3/dist-packages/yaml.py", Origin.LIBRARY),
        ("/srv/lib/pythonic/orders.py", Origin.USER),
    ],
)
def test_whose_code_a_file_is(file, expected):
    assert expected == Origins().of(file)


def test_what_the_user_calls_user_code_is_user_code():
    origins = Origins(["*/site-packages/shop/*"])
    assert Origin.USER == origins.of("/venv/lib/python3.11/site-packages/shop/orders.py")
    assert Origin.LIBRARY == origins.of("/venv/lib/python3.11/site-packages/django/db.py")
