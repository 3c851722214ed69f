"""Media: masked stills and photographs of issues, out of the evidence directory and nowhere else."""

from pathlib import Path

from flask import Flask, Response, abort

KINDS = {".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".webp": "image/webp"}
"""What is served; anything else in the directory is not."""


def serve_media(server: Flask, evidence: Path) -> None:
    """Adds /evidence/<path>."""

    @server.get("/evidence/<path:file>")
    def media(file: str) -> Response:
        picture = found(evidence, file)
        if picture is None:
            abort(404)
        content, kind = picture
        return Response(content, mimetype=kind, headers={"Cache-Control": "no-store"})


def found(directory: Path, file: str) -> tuple[bytes, str] | None:
    """The content and kind of a picture, every link followed, if it lies in the directory."""
    try:
        path = (directory / file).resolve()
        if path.suffix.lower() not in KINDS or not path.is_relative_to(directory.resolve()):
            return None
        return path.read_bytes(), KINDS[path.suffix.lower()]
    except (OSError, ValueError, RuntimeError):  # not there, no name of a file, links in a circle
        return None
