"""What a browser calls itself, in words."""

import pytest

from ops.access import devices

ENGINE = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (
            f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {ENGINE} Chrome/142.0 Safari/537.36",
            "Chrome on Windows",
        ),
        (
            f"Mozilla/5.0 (Windows NT 10.0) {ENGINE} Chrome/142.0 Safari/537.36 Edg/142.0",
            "Edge on Windows",
        ),
        (
            f"Mozilla/5.0 (Linux; Android 16) {ENGINE} SamsungBrowser/28.0 Chrome/130.0 Safari/537",
            "Samsung Internet on Android",
        ),
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
            "Firefox on Linux",
        ),
        (
            "Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1",
            "Safari on iPad",
        ),
        (f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {ENGINE} Safari/605.1", "Safari on Mac"),
        ("curl/8.5.0", "A browser on another system"),
        ("", "A browser on another system"),
        ("<script>", "A browser on another system"),
    ],
)
def test_a_browser_is_named_by_what_it_is_and_not_by_what_it_claims(user_agent, words):
    assert devices.words(user_agent) == words
