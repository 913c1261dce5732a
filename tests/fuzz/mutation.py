"""How small valid files are damaged."""

from __future__ import annotations

import random
import struct
import zlib

TEXT_TOKENS = (
    *(b"nan", b"inf", b"-inf", b"1e999", b"-1e-999", b"0x10", b"1_0", b"0,5", b"--1", b"+", b"."),
    *(b"LUT_3D_SIZE", b"LUT_1D_SIZE 2", b"LUT_3D_SIZE 256", b"LUT_3D_SIZE 99999999999999999999"),
    *(b"DOMAIN_MIN 0 0 0", b"DOMAIN_MAX 1 1 0", b"LUT_3D_INPUT_RANGE 1 0", b'TITLE "', b"#"),
    *(
        b"\n",
        b"\r",
        b"\r\n",
        b"\0",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"\t",
        b" ",
        b"\x85",
        b"\xc2\xa0",
    ),
    *(b"Mesh 4 12", b"Mesh 99 99", b"SPILUT 1.0", b"256 256 256", b"-1 -1 -1", b"65535"),
    *(b"9" * 400, b"</LUT3D>", b"<Array dim='9 9 9 3'>", b'gridSize="999999"', b"&amp;"),
    *(b"<!ENTITY a 'a'>", b"<![CDATA[", b"Length 999999999", b"Components 3", b"From 0 1"),
    *(b"CSPLUTV100", b"BEGIN METADATA", b"LUT:", b"Pre {", b"}", b"Version\t\t3", b"3D\n2 2 2"),
)
BINARY_TOKENS = (
    *(b"IDAT", b"IEND", b"IHDR", b"iCCP", b"zTXt", b"\x7f\xff\xff\xff", b"\xff\xff\xff\xff"),
    *(b"\0\0\0\0", b"\x80\0\0\0", b"\0\0\0\x80", b"\xff\xff", b"\0\1", b"\1\0", b"\0" * 80),
    *(b"\xff\xd8", b"\xff\xd9", b"\xff\xda\0\2", b"\xff\xdd\0\4\0\1", b"\xff\xe1\0\2", b"\xff\xc2"),
    *(b"Exif\0\0", b"II*\0\x08\0\0\0", b"MM\0*\0\0\0\x08", b"MPF\0", b"ICC_PROFILE\0\1\1"),
    *(b"\x69\x87\4\0\1\0\0\0", b"\x87\x69\0\4\0\0\0\1", b"\x05\xa0\4\0\1\0\0\0", b"VP8X", b"XMP "),
    *(
        b"\x10\1\3\0\1\0\0\0",
        b"\x53\1\3\0\1\0\0\0\3\0",
        b"ftyp",
        b"avif",
        b"heic",
        b"iloc",
        b"ispe",
    ),
    *(b"\0channels\0", b"dataWindow\0box2i\0", b"tiles\0tiledesc\0", b"jP  ", b"\xff\x51"),
)


def mutated(rng: random.Random, files: list[bytes], tokens: tuple[bytes, ...]) -> bytes:
    """One of the files with up to twenty damages, or two of them spliced."""
    data = bytearray(rng.choice(files))
    for _ in range(rng.choice((1, 1, 2, 3, 5, 20))):
        at, span = rng.randrange(len(data) + 1), rng.choice((1, 1, 2, 8, 64))
        action = rng.randrange(9)
        if action == 0:
            data[at : at + span] = b""
        elif action == 1:
            data[at : at + span] = rng.randbytes(span)
        elif action == 2:
            data[at:at] = rng.choice(tokens)
        elif action == 3:
            token = rng.choice(tokens)
            data[at : at + len(token)] = token
        elif action == 4:
            data[at:at] = data[at : at + span] * rng.choice((1, 2, 50))
        elif action == 5 and at < len(data):
            data[at] ^= 1 << rng.randrange(8)
        elif action == 6:
            del data[at:]
        elif action == 7:  # a number that says how many, how long or where
            struct.pack_into(
                rng.choice("<>") + "I", number := bytearray(4), 0, 1 << rng.randrange(32)
            )
            data[at : at + 4] = number
        else:
            other = rng.choice(files)
            data[at:] = other[rng.randrange(len(other) + 1) :]
    return bytes(data)


def mended(data: bytes) -> bytes:
    """Give a PNG's chunks their right checksums, so that damage reaches what is behind them."""
    out, at = bytearray(data[:8]), 8
    while at + 8 <= len(data):
        length = struct.unpack(">I", data[at : at + 4])[0]
        body = data[at + 4 : at + 8 + length]
        out += data[at : at + 4] + body + struct.pack(">I", zlib.crc32(body))
        at += 12 + length
    return bytes(out)
