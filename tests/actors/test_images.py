"""References to images: all that the grammar of Docker has, and a sentence for each usual mistake."""

import pytest
from django import forms

from actors_app.actors.images import check_image

SHA256, SHA512 = "sha256:" + "0a" * 32, "sha512:" + "f" * 128


@pytest.mark.parametrize(
    "image",
    [
        "python",
        "ubuntu:24.04",
        "abacosamples/test",
        "abacosamples/test:Latest_1.0-RC",
        "a/b/c/d",
        "a__b/c---d/e.f/g_h",
        "localhost/tool",
        "localhost:5000/team/tool:2.1",
        "registry.example.org/tool",
        "Registry.Example.ORG:443/team/tool",
        "HOST:80/tool",
        "10.0.0.1:5000/tool",
        "[::1]/tool",
        "[2001:db8::1]:5000/team/tool:1",
        "xn--n3h.example/tool",
        "under_score.name/tool",
        f"tool@{SHA256}",
        f"gcr.io/p/tool:1@{SHA256}",
        f"tool@{SHA512}",
        f"tool@sha384:{'1' * 96}",
        "tool:" + "t" * 128,
        "tool:_t.-",
        "host:5000",
        "a" * 63,
        "b" * 64 + ":1",
        "a/" + "b" * 253,
        "registry.example.org/" + "b" * 255,
    ],
)
def test_what_the_grammar_has_is_taken(image: str) -> None:
    assert check_image(image) == image


@pytest.mark.parametrize(
    ("image", "words", "meant"),
    [
        ("https://hub.docker.com/r/abacosamples/wc", "web URL", "abacosamples/wc"),
        ("https://hub.docker.com/r/abacosamples/wc/tags?page=2", "web URL", "abacosamples/wc"),
        ("HTTPS://hub.docker.com/_/python", "web URL", "python"),
        ("http://quay.io/repository/org/tool?tab=tags", "web URL", "quay.io/org/tool"),
        ("https://ghcr.io/org/tool:1", "web URL", "ghcr.io/org/tool:1"),
        ("https://", "web URL", ""),
        ("docker://org/tool:1", "Remove “docker://”", "org/tool:1"),
        ("oci://org/tool", "Remove “oci://”", "org/tool"),
        ("docker pull org/tool:1", "This is a command", "org/tool:1"),
        ("docker pull -q org/tool:1", "This is a command", "org/tool:1"),
        ("sudo docker run --rm -it org/tool ls -l", "This is a command", "org/tool"),
        ("podman pull Org/Tool", "This is a command", "org/tool"),
        ("org/Tool", "lowercase letters for the repository", "org/tool"),
        ("Python", "lowercase letters for the repository", "python"),
        ("org/Tool:V1", "lowercase letters for the repository", "org/tool:V1"),
        ("Org/tool:V1", "“Org” contains capital letters: use lowercase", "org/tool:V1"),
        ("ORG/TOOL", "“ORG” contains capital letters", "org/tool"),
        ("org/tool:", "Enter a tag after the colon", "org/tool"),
        ("org/tool:1:2", "one tag, after one colon", "org/tool:2"),
        ("org/tool::2", "one tag, after one colon", "org/tool:2"),
        ("registry.example.org:5000/tool:1:2", "one tag, after one colon", "registry.example.org:5000/tool:2"),
        ("org/tool 1.0", "cannot contain spaces", "org/tool"),
        ("org/tool: 1.0", "cannot contain spaces", "org/tool:1.0"),
        ("org/tool:" + "t" * 129, "at most 128 characters for the tag", ""),
        ("org/tool:-1", "cannot start with . or -", ""),
        ("org/tool:1+2", "Tags can only contain letters", ""),
        ("org/tool@", "Enter a digest after @", ""),
        (f"org/tool@md5:{'0' * 32}", "one of sha256, sha384, sha512", ""),
        ("org/tool@sha256:0a", "A sha256 digest has 64 hexadecimal digits", ""),
        (f"org/tool@sha256:{'0' * 65}", "A sha256 digest has 64 hexadecimal digits", ""),
        (f"org/tool@{SHA256.upper()}", "Enter a digest after @", f"org/tool@{SHA256}"),
        (f"org/tool@sha256:{'A' * 64}", "in lowercase", f"org/tool@sha256:{'a' * 64}"),
        ("c" * 64, "This is an image ID", ""),
        ("org/" + "b" * 252, "at most 255 characters for the repository", ""),
        ("org//tool", "The name has an empty part", ""),
        ("org/tool/", "The name has an empty part", ""),
        ("org/-tool", "“-tool” is not valid in a name", ""),
        ("org/a..b", "“a..b” is not valid in a name", ""),
        ("org/a___b", "“a___b” is not valid in a name", ""),
        ("host:port/tool", "“host:port” is not a valid host", ""),
        ("-bad.example.org/tool", "“-bad.example.org” is not a valid host", ""),
        ("[::1/tool", "“[::1” is not a valid host", ""),
        ("org/tööl", "in letters, digits", ""),
    ],
)
def test_a_mistake_has_its_sentence_and_what_was_meant(image: str, words: str, meant: str) -> None:
    with pytest.raises(forms.ValidationError) as caught:
        check_image(image)
    (sentence,) = caught.value.messages
    assert words in sentence
    assert ("Did you mean" in sentence) is bool(meant)
    if meant:
        assert sentence.endswith(f"Did you mean “{meant}”?")
        assert check_image(meant) == meant
