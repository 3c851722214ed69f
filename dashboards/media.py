"""Media: masked stills and photographs of issues, out of the evidence directory and nowhere else."""

from pathlib import Path

from flask import Flask, Response, abort

KINDS = {".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".webp": "image/webp"}
"""What is served; anything else in the directory is not."""


def serve_media(server: Flask, evidence: Path) -> None:
    """Adds /evidence/<path>."""

    @server.get("/evidence/<path:file>")
    def media(file: str) -> Response:
        found = inside(evidence, file)
        if found is None or found.suffix.lower() not in KINDS or not found.is_file():
            abort(404)
        kind = KINDS[found.suffix.lower()]
        return Response(found.read_bytes(), mimetype=kind, headers={"Cache-Control": "no-store"})


def inside(directory: Path, file: str) -> Path | None:
    """The file, with every link followed, if it lies in the directory."""
    if "\0" in file:
        return None
    found = (directory / file).resolve()
    return found if found.is_relative_to(directory.resolve()) else None
