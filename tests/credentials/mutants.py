"""Ways to change a certificate: what a forger, a careless programme or a bad line would do to it."""

from __future__ import annotations

import copy
import io
import json
import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING, Any

from pyhanko.pdf_utils.embed import EmbeddedFileObject, FileSpec, embed_file
from pyhanko.pdf_utils.generic import NameObject, TextStringObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from tests.credentials import issuer

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterator

LOOK_ALIKES = {
    "a": "а",
    "e": "е",
    "o": "ο",
    "i": "і",
    "c": "с",
    "p": "р",
    "-": "‐",
    "0": "O",
    "1": "l",
    "T": "Т",
    ":": "：",
}


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _places(inner, (*path, name))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _places(inner, (*path, place))


def _at(document: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        document = document[step]
    return document


def _put(document: Any, path: tuple[Any, ...], value: Any) -> None:
    _at(document, path[:-1])[path[-1]] = value


def _random_place(chance: random.Random, document: Any) -> tuple[Any, ...]:
    return chance.choice([path for path in _places(document) if path])


def flip_bits(chance: random.Random, content: bytes) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.choice((1, 1, 1, 2, 8))):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def cut(chance: random.Random, content: bytes) -> bytes:
    begins = chance.randrange(len(content))
    return content[:begins] if chance.random() < 0.5 else content[:begins] + content[begins + chance.randrange(1, 40) :]


def insert(chance: random.Random, content: bytes) -> bytes:
    place = chance.randrange(len(content))
    return content[:place] + chance.randbytes(chance.randrange(1, 9)) + content[place:]


def repeat(chance: random.Random, content: bytes) -> bytes:
    begins = chance.randrange(len(content))
    ends = begins + chance.randrange(1, 200)
    return content[:ends] + content[begins:ends] + content[ends:]


def _other_value(chance: random.Random, value: Any) -> Any:
    if isinstance(value, str):
        return chance.choice(("", value + " ", value.upper(), value[::-1], "B", "2029-01-01T00:00:00Z", None, [value]))
    if isinstance(value, int):
        return chance.choice((value + 1, -value, 0, 10**6, True, None, str(value)))
    return chance.choice((None, "all", 0, 15, [], {}, [value], {"type": value}))


def other_value(chance: random.Random, content: bytes) -> bytes:
    document = json.loads(content)
    path = _random_place(chance, document)
    _put(document, path, _other_value(chance, _at(document, path)))
    return issuer.spell(document)


def swap_values(chance: random.Random, content: bytes) -> bytes:
    document = json.loads(content)
    one, other = _random_place(chance, document), _random_place(chance, document)
    if one[: len(other)] == other or other[: len(one)] == one:
        return flip_bits(chance, content)
    values = _at(document, one), _at(document, other)
    _put(document, one, values[1])
    _put(document, other, values[0])
    return issuer.spell(document)


def leave_out(chance: random.Random, content: bytes) -> bytes:
    document = json.loads(content)
    path = _random_place(chance, document)
    del _at(document, path[:-1])[path[-1]]
    return issuer.spell(document)


def name_twice(chance: random.Random, content: bytes) -> bytes:
    # In the text, because no dictionary can hold it: before or after the true one.
    text = content.decode()
    members = list(re.finditer(r'"(\w+)": ("[^"]*"|\d+|null)', text))
    member = chance.choice(members)
    false = f'"{member[1]}": ' + chance.choice(('"B"', "0", "null", '"2029-01-01T00:00:00Z"'))
    pair = (false, member[0]) if chance.random() < 0.5 else (member[0], false)
    return (text[: member.start()] + ", ".join(pair) + text[member.end() :]).encode()


def look_alike(chance: random.Random, content: bytes) -> bytes:
    text = content.decode()
    places = [place for place, letter in enumerate(text) if letter in LOOK_ALIKES]
    place = chance.choice(places)
    return (text[:place] + LOOK_ALIKES[text[place]] + text[place + 1 :]).encode()


def normal_form(chance: random.Random, content: bytes) -> bytes:
    text = content.decode()
    match chance.randrange(3):
        case 0:
            text = unicodedata.normalize("NFD", text)
        case 1:
            text = unicodedata.normalize("NFKD", text)
        case _:
            text = unicodedata.normalize("NFKC", text)
    place = chance.randrange(len(text))
    return (text[:place] + chance.choice("\u200b\u200e\u202e\u0301\ufeff\u00ad") + text[place:]).encode()


def other_number(chance: random.Random, content: bytes) -> bytes:
    text = content.decode()
    numbers = list(re.finditer(r"(?<=: )\d+|(?<=\")\d+(?=\")", text))
    number = chance.choice(numbers)
    other = chance.choice(
        (f"{number[0]}.0", f"{number[0]}e0", f"0{number[0]}", f"-{number[0]}", f"+{number[0]}", f"{number[0]}0")
    )
    return (text[: number.start()] + other + text[number.end() :]).encode()


def other_spelling(chance: random.Random, content: bytes) -> bytes:
    document = json.loads(content)
    return json.dumps(
        document, ensure_ascii=chance.random() < 0.5, indent=chance.randrange(5), sort_keys=chance.random() < 0.5
    ).encode()


@cache
def _other_paper() -> bytes:
    return issuer.paper(issuer.spell(_other_certificate()))


@cache
def _forged_paper() -> bytes:
    return issuer.paper(issuer.spell(_other_certificate()), number=9)


def _other_certificate() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(issuer.credential(issuer.about_cohort()))
    return found


def transplant(chance: random.Random, content: bytes) -> bytes:
    """Put a part of another certificate of the same issuer into this one, or the other way round."""
    here, there = json.loads(content), copy.deepcopy(_other_certificate())
    path = chance.choice([path for path in _places(there) if path and path in set(_places(here))])
    _put(here, path, _at(there, path))
    return issuer.spell(here)


def other_proof(chance: random.Random, content: bytes) -> bytes:
    document = json.loads(content)
    parts = {
        "cryptosuite": ("eddsa-rdfc-2022", "ecdsa-jcs-2019", "none", ""),
        "verificationMethod": (issuer.method(2), f"did:web:first-mi1e.example#{issuer.keys().proof_id}", issuer.DID),
        "created": ("2026-12-01T08:30:01Z", "2020-01-01T00:00:00Z", "2030-01-01T00:00:00Z"),
        "proofPurpose": ("authentication",),
        "type": ("Ed25519Signature2020",),
        "proofValue": (document["proof"]["proofValue"][::-1], "z", document["proof"]["proofValue"][:-1]),
    }
    name = chance.choice(list(parts))
    document["proof"][name] = chance.choice(parts[name])
    if chance.random() < 0.3:
        document["proof"] = [document["proof"]]
    return issuer.spell(document)


def stolen_cover(chance: random.Random, content: bytes) -> bytes:
    """Change what it says, and sign it with a key that is not the issuer's, under the name of theirs."""
    document = json.loads(other_value(chance, content))
    if not isinstance(document.get("proof"), dict):
        return issuer.spell(document)
    signed = issuer.sign({name: value for name, value in document.items() if name != "proof"}, number=9)
    signed["proof"]["verificationMethod"] = chance.choice((issuer.method(1), issuer.method(9)))
    return issuer.spell(signed)


CREDENTIAL: tuple[Callable[[random.Random, bytes], bytes], ...] = (
    flip_bits,
    cut,
    insert,
    repeat,
    other_value,
    other_value,
    swap_values,
    leave_out,
    name_twice,
    look_alike,
    normal_form,
    other_number,
    other_spelling,
    transplant,
    other_proof,
    stolen_cover,
)


def _revised(content: bytes, change: Callable[[IncrementalPdfFileWriter], None]) -> bytes:
    writer = IncrementalPdfFileWriter(io.BytesIO(content))
    change(writer)
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


def attach_another(_chance: random.Random, content: bytes) -> bytes:
    """Append a revision in which the attached credential is that of another certificate."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        other = issuer.spell(_other_certificate())
        names = writer.root["/Names"]["/EmbeddedFiles"]["/Names"]
        stream = EmbeddedFileObject.from_file_data(writer, other, mime_type="application/json")
        names[1]["/EF"][NameObject("/F")] = stream.ef_stream_ref
        names[1]["/EF"][NameObject("/UF")] = stream.ef_stream_ref
        writer.mark_update(names[1].container_ref)

    return _revised(content, change)


def attach_more(_chance: random.Random, content: bytes) -> bytes:
    """Append a revision with one more file under the same name."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        stream = EmbeddedFileObject.from_file_data(writer, issuer.spell(_other_certificate()))
        embed_file(writer, FileSpec("credential.vc.json", embedded_data=stream))

    return _revised(content, change)


def retitle(_chance: random.Random, content: bytes) -> bytes:
    def change(writer: IncrementalPdfFileWriter) -> None:
        writer.root[NameObject("/Lang")] = TextStringObject("en")
        writer.update_root()

    return _revised(content, change)


def sign_again(chance: random.Random, content: bytes) -> bytes:
    """Sign a paper with the credential of another certificate by a key that is not the issuer's."""
    forged = _forged_paper()
    return forged if chance.random() < 0.5 else content + forged


def other_range(chance: random.Random, content: bytes) -> bytes:
    found = re.search(rb"/ByteRange \[(\d+) (\d+) (\d+) (\d+)\]", content)
    assert found
    numbers = [int(number) for number in found.groups()]
    place = chance.randrange(4)
    numbers[place] = max(0, numbers[place] + chance.choice((-100, -2, -1, 1, 2, 100, 10**6, -numbers[place])))
    told = b"/ByteRange [%d %d %d %d]" % tuple(numbers)
    room = len(found[0]) - len(told)
    rest = content[found.end() + max(0, -room) :]
    return content[: found.start()] + told + b" " * max(0, room) + rest


def move_hole(chance: random.Random, content: bytes) -> bytes:
    """Let the numbers say that more than the signature is left out, and write there."""
    found = re.search(rb"/ByteRange \[0 (\d+) (\d+) (\d+)\]( *)", content)
    assert found
    begins, ends = int(found[1]), int(found[2]) + chance.randrange(1, 200)
    told = b"/ByteRange [0 %d %d %d]" % (begins, ends, len(content) - ends)
    return content[: found.start()] + told.ljust(len(found[0])) + content[found.end() :]


def two_ranges(_chance: random.Random, content: bytes) -> bytes:
    return content.replace(b"%%EOF", b"%% /ByteRange [0 1 2 3]\n%%EOF", 1)


def other_container(chance: random.Random, content: bytes) -> bytes:
    """Put the signature of another paper of the same issuer into this one."""
    found, taken = (re.search(rb"/Contents <([0-9A-Fa-f]+)>", each) for each in (content, _other_paper()))
    assert found
    assert taken
    signature = bytearray(taken[1])
    if chance.random() < 0.5:
        place = chance.randrange(len(signature))
        signature[place] = chance.choice(b"0123456789abcdef")
    return (
        content[: found.start(1)]
        + bytes(signature[: len(found[1])]).ljust(len(found[1]), b"0")
        + content[found.end(1) :]
    )


def spoil_container(chance: random.Random, content: bytes) -> bytes:
    found = re.search(rb"/Contents <([0-9A-Fa-f]+)>", content)
    assert found
    spoilt = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 20))):
        spoilt[chance.randrange(found.start(1), found.end(1))] = chance.choice(b"0123456789abcdefABCDEFg <>")
    return bytes(spoilt)


def bare_credential(chance: random.Random, content: bytes) -> bytes:
    """A paper without signature, with a true credential of another certificate in it: it must not make the paper true."""
    unsigned = issuer.drawn() + issuer.spell(_other_certificate())
    return unsigned if chance.random() < 0.5 else content.replace(b"/ByteRange", b"/ByteRanje")


PAPER: tuple[Callable[[random.Random, bytes], bytes], ...] = (
    flip_bits,
    flip_bits,
    flip_bits,
    cut,
    insert,
    repeat,
    attach_another,
    attach_more,
    retitle,
    sign_again,
    other_range,
    move_hole,
    two_ranges,
    other_container,
    spoil_container,
    bare_credential,
)


def mutants(
    content: bytes, ways: tuple[Callable[[random.Random, bytes], bytes], ...], number: int, chance: random.Random
) -> Iterator[tuple[str, bytes]]:
    """Return that many changed copies of ``content``, each with the name of the way, every way in turn."""
    for count in range(number):
        way = ways[count % len(ways)]
        yield way.__name__, way(chance, content)
