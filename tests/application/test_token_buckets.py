"""Token buckets: a burst, then so many a second, for each key alone, in a table that never grows past its limit."""

from hypothesis import given
from hypothesis import strategies as st

from application.token_buckets import Rate, TokenBuckets


def test_a_burst_is_let_through_and_then_one_in_its_time() -> None:
    buckets = TokenBuckets(Rate(per_second=2, burst=3), most_keys=10)
    assert [buckets.take("a", 0) for _ in range(5)] == [0, 0, 0, 0.5, 0.5]
    assert buckets.take("a", 0.4) > 0
    assert [buckets.take("a", 0.5) for _ in range(2)] == [0, 0.5]


def test_who_was_refused_does_not_wait_longer_for_it() -> None:
    buckets = TokenBuckets(Rate(per_second=1, burst=1), most_keys=10)
    buckets.take("a", 0)
    for _ in range(100):
        buckets.take("a", 0.5)
    assert buckets.take("a", 1.0) == 0


def test_one_key_does_not_use_up_anothers() -> None:
    buckets = TokenBuckets(Rate(per_second=1, burst=1), most_keys=10)
    assert [buckets.take(key, 0) for key in "aab"] == [0, 1, 0]


def test_the_table_is_bounded_and_forgets_who_came_longest_ago() -> None:
    buckets = TokenBuckets(Rate(per_second=1, burst=1), most_keys=3)
    for key in "abcad":
        buckets.take(key, 0)
    assert len(buckets) == 3
    assert ["a" in buckets, "b" in buckets, "d" in buckets] == [True, False, True]


@given(
    st.lists(st.floats(0, 5), max_size=60),
    st.floats(0.1, 20),
    st.integers(1, 10),
)
def test_no_more_come_than_burst_and_rate_allow(pauses: list[float], per_second: float, burst: int) -> None:
    buckets, now, let_through = TokenBuckets(Rate(per_second, burst), most_keys=5), 0.0, 0
    for pause in pauses:
        now += pause
        let_through += buckets.take("a", now) == 0
    assert let_through <= burst + now * per_second + 1e-6


@given(st.lists(st.tuples(st.sampled_from("abc"), st.floats(0, 3)), max_size=40))
def test_the_wait_that_is_told_is_long_enough(asked: list[tuple[str, float]]) -> None:
    buckets, now = TokenBuckets(Rate(per_second=3, burst=2), most_keys=5), 0.0
    for key, pause in asked:
        now += pause
        if wait := buckets.take(key, now):
            now += wait + 1e-6
            assert buckets.take(key, now) == 0
