"""Media: masked stills and photographs of issues, out of the evidence directory and nowhere else."""

from pathlib import Path, PurePosixPath

from flask import Flask, Response, abort, send_from_directory

KINDS = {".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".webp": "image/webp"}
"""What is served; anything else in the directory is not."""


def serve_media(server: Flask, evidence: Path) -> None:
    """Adds /evidence/<path>."""

    @server.get("/evidence/<path:file>")
    def media(file: str) -> Response:
        kind = KINDS.get(PurePosixPath(file).suffix.lower())
        if kind is None or not (evidence / file).resolve().is_relative_to(evidence.resolve()):
            abort(404)
        response = send_from_directory(evidence.resolve(), file, mimetype=kind)
        response.headers["Cache-Control"] = "no-store"
        return response
