"""The gateway's transport compressions: one stream over a whole connection, flushed each message.

zlib is always there. Zstandard is in Python from 3.14 on, where client libraries ask for it; on
older versions they ask for it when one of two packages brings it.
"""

import importlib
import zlib
from collections.abc import Callable
from functools import partial

Pack = Callable[[bytes], bytes]


def pack_for(name: str) -> Pack | None:
    """Return a new stream that packs messages ("zlib-stream", "zstd-stream"), None if unknown."""
    return {"zlib-stream": _zlib, "zstd-stream": _zstd}.get(name, _none)()


def _none() -> None:
    return None


def _zlib() -> Pack:
    stream = zlib.compressobj()
    return lambda message: stream.compress(message) + stream.flush(zlib.Z_SYNC_FLUSH)


def _zstd() -> Pack | None:
    for source in ("compression.zstd", "backports.zstd"):
        try:
            zstd = importlib.import_module(source)
        except ImportError:
            continue
        return partial(zstd.ZstdCompressor().compress, mode=zstd.ZstdCompressor.FLUSH_BLOCK)
    try:
        zstandard = importlib.import_module("zstandard")
    except ImportError:
        return None
    stream = zstandard.ZstdCompressor().compressobj()
    flush = partial(stream.flush, zstandard.COMPRESSOBJ_FLUSH_BLOCK)
    return lambda message: bytes(stream.compress(message) + flush())
