"""Which blog of a list is next."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from archiver.arguments import Blog
from archiver.runs.lanes import Lanes


def blogs(*hosts: str) -> list[Blog]:
    """Blogs on these hosts, named by their place in the list."""
    return [Blog(f"https://{host}/{number}/", f"{host}-{number}", host) for number, host in enumerate(hosts)]


def test_the_order_of_the_list() -> None:
    """Blogs on hosts of their own come as they are listed."""
    listed = blogs("c", "a", "b")
    lanes = Lanes(listed)
    assert [lanes.take(), lanes.take(), lanes.take(), lanes.take()] == [*listed, None]


def test_a_busy_host_is_passed_over() -> None:
    """While a blog of a host runs its next waits, and others go ahead; then it is the next again."""
    a0, a1, b2, a3, c4 = listed = blogs("a", "a", "b", "a", "c")
    lanes = Lanes(listed)
    assert lanes.take() == a0
    assert lanes.take() == b2
    assert len(lanes) == 3
    lanes.done(a0)
    assert lanes.take() == a1
    lanes.done(b2)
    assert lanes.take() == c4
    assert lanes.take() is None, "the only one left is on a host that is busy"
    lanes.done(a1)
    assert lanes.take() == a3
    assert len(lanes) == 0


@given(st.lists(st.sampled_from("abcd"), max_size=30), st.integers(1, 5), st.randoms(use_true_random=False))
def test_every_blog_once_and_never_two_of_a_host(hosts: list[str], at_once: int, chance: object) -> None:
    """Whatever the list and whoever ends first, each blog is taken once, and no two of a host run together."""
    lanes, running, seen = Lanes(blogs(*hosts)), [], []
    while True:
        while len(running) < at_once and (blog := lanes.take()):
            assert blog.host not in {each.host for each in running}
            running.append(blog)
            seen.append(blog)
        if not running:
            break
        lanes.done(running.pop(chance.randrange(len(running))))  # type: ignore[attr-defined]
    assert sorted(seen, key=lambda blog: blog.name) == sorted(blogs(*hosts), key=lambda blog: blog.name)
    for host in "abcd":
        of_host = [int(blog.name[2:]) for blog in seen if blog.host == host]
        assert of_host == sorted(of_host)
