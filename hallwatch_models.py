"""The verbs of `hallwatch models`: the front door's leaf that wires what the rooms can do with networks.

Each imports what it needs when it runs; torch is needed by `prepare`, `train` and other runtimes than OpenVINO alone.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from hallwatch_wiring import (
    EPOCH,
    Missing,
    Refused,
    add_configured,
    add_verb,
    aware_time,
    call_each,
    clip_of,
    finder_of,
    load_settings,
    positive,
    stopping,
    tell,
)

if TYPE_CHECKING:
    from config.settings import Settings
    from hallwatch_wiring import Verbs
    from models.evaluate import Footage
    from models.install import Change
    from models.subjects import Subject

HELD_OUT = 0.04
"""Share of the drawn pictures that are not trained on."""


def models_label(options: argparse.Namespace) -> None:
    """Draw hard frames from cameras with heads masked, and correct the boxes in them on a page."""
    from dashboards import serve as site
    from dashboards.labelling.app import build
    from models import exchange, labels

    directory, moves = options.directory, {"import": options.take, "export": options.give}
    if options.page and not site.is_free("127.0.0.1", options.port):
        raise Missing(f"port {options.port} on 127.0.0.1: expected it free for the page, found it in use")
    try:
        if not (known := labels.is_set(directory)):
            labels.require_new(directory)
        stopped = not known and _draw(options)
        for way, (format, file) in ((way, asked) for way, asked in moves.items() if asked):
            tell([exchange.move(way, format, directory, Path(file))], options.json)
        tell([labels.about(directory)], options.json)
    except (labels.BadLabels, OSError) as error:
        raise Refused(str(error)) from error
    if options.page and not stopped and not any(moves.values()):
        print(f"http://127.0.0.1:{options.port}/  ({directory}; Ctrl-C ends the page)", flush=True)
        site.serve(lambda: build(directory), "127.0.0.1", options.port)


def models_train(options: argparse.Namespace) -> None:
    """Train the small detector from random initialisation, or go on from another one's weights (--from)."""
    from models import finetune
    from models.calibration import FramesRefused
    from models.labels import BadLabels
    from models.metadata import WeightsError
    from models.runtimes import DeviceMissing, ExtraMissing
    from models.train import TooLarge, train
    from simulation.footage import write

    try:
        if options.start:
            _finetune(options)
            return
        if not (options.data / "data.yaml").exists():
            write(options.data, options.pictures, options.seed, HELD_OUT, workers=os.cpu_count() or 1)
        train(options.data, Path(options.out), options.epochs or 6, seed=options.seed, batch=options.batch or 16)
    except (TooLarge, OSError, WeightsError, FramesRefused, BadLabels, finetune.Unfit) as error:
        raise Refused(str(error)) from error
    except (ExtraMissing, DeviceMissing, finetune.NotCarried) as error:
        raise Missing(str(error)) from error
    except KeyboardInterrupt:
        raise Refused("stopped; nothing was written to the models") from None


def models_halls(options: argparse.Namespace) -> None:
    """Draw held-out simulated halls as clips with their truth, to score detectors on."""
    from simulation.exam import write

    directory = options.directory
    try:
        if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
            found = "something in it" if directory.is_dir() else "a file"
            raise Refused(f"{directory}: expected an empty directory or none, found {found}")
        path = write(directory, options.looks, options.seed, workers=os.cpu_count() or 1)
    except OSError as error:
        raise Refused(f"{directory}: expected a directory to write to, found {error.strerror or error}") from error
    print(f"{path}\nto score a detector on it: hallwatch models evaluate {path}")


def models_evaluate(options: argparse.Namespace) -> None:
    """Score zones and cameras against the ground truth (MOT or YOLO) of recorded footage."""
    from models.clips import BadClip
    from models.evaluate import FLOOR, OVER, role_scores, zone_scores
    from models.occupancy import Smoothing
    from models.score_tables import ABOUT, tables

    settings = load_settings(options.config)
    choice = replace(settings.detector, weights=_network(options, settings))
    subjects = _subjects(options, settings)
    finder, find_all = finder_of(replace(settings, detector=choice)), None
    if wants_roles := options.roles or not options.json:
        find_all = finder_of(replace(settings, detector=replace(choice, threshold=FLOOR))).find
    print(finder.name, file=sys.stderr if options.json else sys.stdout, flush=True)
    try:
        tallies = [one.tally(finder.find, find_all, options.every) for one in subjects]
    except BadClip as error:
        raise Refused(str(error)) from error
    usual = settings.thresholds.site_absence
    rule = Smoothing(options.over or 1, usual.empty_below, usual.present_from)
    zones = () if options.roles else zone_scores(tallies, rule)
    rule = replace(rule, over=options.over or OVER)
    footage: Footage = "rendered" if settings.simulated else "real"
    roles = role_scores(tallies, rule, footage) if wants_roles else ()
    if options.json:
        print(ABOUT[footage], file=sys.stderr)
        tell([*map(asdict, zones), *map(asdict, roles)], as_json=True)
    else:
        print("\n".join(tables(zones, options.over or 1, roles)))


def models_prepare(options: argparse.Namespace) -> None:
    """Fetch or take a detector, export it, quantise it on frames of one's own cameras, and compare it with itself."""
    from models import calibration, fetch, install
    from models import prepare as making
    from models.labels import BadLabels
    from models.metadata import WeightsError
    from models.runtimes import ExtraMissing
    from models.weights import cache

    directory = options.directory or cache(os.environ)
    settings = load_settings(options.config) if options.config else None
    if not (options.float or options.frames or options.data or settings):
        raise Refused(
            "expected frames to calibrate INT8 with: --config CONFIG (and --cameras ID …), --frames DIRECTORY or "
            "--data DATASET, found none; --float makes float networks without"
        )
    try:
        with _unwinding(), TemporaryDirectory(prefix="hallwatch-calibration-") as temporary:
            origin, work = making.origin(options.what, directory, options.sha256, options.licence), Path(temporary)
            what = None if options.float else _frames(options, settings, work)
            wish = making.Wish(options.sizes or origin.sizes, work if what else None, what, options.data)
            before, prepared = install.pin(directory), []
            for made in making.prepare(origin, wish, directory):
                prepared.append(made)
                print(f"{made.path}  {made.agreement.sentence(made.name) if made.agreement else 'float'}", flush=True)
            change = install.adopt(directory, prepared, before)
    except (WeightsError, fetch.WrongFile, calibration.FramesRefused, making.NotReplaced, BadLabels, OSError) as error:
        raise Refused(str(error)) from error
    except (fetch.FetchFailed, ExtraMissing) as error:
        raise Missing(str(error)) from error
    except KeyboardInterrupt:
        raise Refused("stopped; what was finished is kept") from None
    for made in prepared:
        if not made.good:
            print(f"!!! {made.name} is NOT used: it was not shown to see what its original sees", file=sys.stderr)
    _tell(change)
    if change is None:
        print(f"in use: {before.name}; to change it: hallwatch models install NAME --data DATASET")


def models_list(options: argparse.Namespace) -> None:
    """Every network there is, which one is used, how well it sees and what it costs here."""
    from models.listing import listing
    from models.metadata import WeightsError

    try:
        for one in listing(os.environ, measured=not options.no_time):
            tell([asdict(one) if options.json else one.row()], options.json)
    except WeightsError as error:
        raise Missing(str(error)) from error


def models_install(options: argparse.Namespace) -> None:
    """Put a prepared network into use, if it is no worse than the one that is."""
    from models import install
    from models.labels import BadLabels
    from models.metadata import WeightsError
    from models.weights import cache

    directory = options.directory or cache(os.environ)
    try:
        _warn_of_masked_heads(options.data)
        _tell(install.install(directory, options.name, options.data, options.even_if_worse))
    except (WeightsError, install.Worse, BadLabels, OSError) as error:
        raise Refused(str(error)) from error


def _warn_of_masked_heads(data: Path | None) -> None:
    """Scores on a label set flatter a network that was trained on one; of boxes of YOLO11n, F1 0.86 becomes 0.50."""
    from models import labels

    if data is not None and labels.is_set(data):
        print(
            f"{data}: heads are masked in these pictures, and a network that was not trained on such ones sees less in "
            "them than on cameras; to compare both fairly run `hallwatch models evaluate` on recorded footage",
            file=sys.stderr,
        )


def models_rollback(options: argparse.Namespace) -> None:
    """Put the network into use again that was before."""
    from models import install
    from models.catalogue import NothingBefore
    from models.metadata import WeightsError
    from models.weights import cache

    try:
        _tell(install.roll_back(options.directory or cache(os.environ)))
    except (WeightsError, NothingBefore, OSError) as error:
        raise Refused(str(error)) from error


def _frames(options: argparse.Namespace, settings: Settings | None, work: Path) -> str:
    """Frames to calibrate with in a working directory, and what they are in words."""
    from models import calibration

    if settings is None:
        directory = options.frames or options.data / "images" / "train"
        return calibration.of_directory(directory, work, options.count)
    known = {camera.id: camera for camera in settings.cameras}
    if unknown := sorted({*(options.cameras or ())} - known.keys()):
        raise Refused(f"--cameras: expected some of {', '.join(known) or 'none'}, found {', '.join(unknown)}")
    cameras = [known[id] for id in options.cameras or known if options.cameras or known[id].legal_basis]
    return calibration.of_cameras(cameras, settings.regions, work, options.count, settings.reception)


def _draw(options: argparse.Namespace) -> bool:
    """A new label set from the chosen cameras; whether it was told to stop early, which keeps what was drawn."""
    from models import drawing, labels
    from models.choosing import LOW

    settings = load_settings(options.config)
    known = {camera.id: camera for camera in settings.cameras}
    if unknown := sorted({*(options.cameras or ())} - known.keys()):
        raise Refused(f"--cameras: expected some of {', '.join(known) or 'none'}, found {', '.join(unknown)}")
    clips = dict(clip_of(text, settings) for text in options.camera)
    every = () if clips else (id for id, camera in known.items() if camera.legal_basis)
    chosen = {known[id]: None if "://" in known[id].url else Path(known[id].url) for id in options.cameras or every}
    low = replace(settings.detector, threshold=min(LOW, settings.detector.threshold))
    wish = drawing.Wish(options.frames, timedelta(minutes=options.minutes), options.at, options.seed)
    find, threshold = finder_of(replace(settings, detector=low)).find, settings.detector.threshold
    cameras, stopped = {**chosen, **clips}, threading.Event()

    def ending(stop: Callable[[], None]) -> AbstractContextManager[None]:
        return stopping(lambda: call_each([stopped.set, stop]))

    try:
        drawn, why = drawing.draw(cameras, settings.regions, find, threshold, wish, settings.reception, ending)
    except drawing.CameraRefused as error:
        raise Refused(str(error)) from error
    if not drawn:
        names, reason = ", ".join(one.id for one in cameras) or "without any", f" ({why})" if why else ""
        raise Refused(f"cameras {names}: expected at least one picture, found none{reason}")
    labels.create(options.directory, drawn)
    return stopped.is_set()


def _finetune(options: argparse.Namespace) -> None:
    """Goes on from a checkpoint, and says how to put the result into use."""
    from models import finetune

    wish = finetune.recipe(options.device)
    wish = replace(wish, epochs=options.epochs or wish.epochs, batch=options.batch or wish.batch, seed=options.seed)
    with _unwinding():
        source = finetune.start(options.start, os.environ)
        tuned = finetune.finetune(options.data, options.out, source, os.environ, wish, options.directory)
    _warn_of_masked_heads(options.data)
    tell(tuned.rows(), options.json)
    where = f" --directory {options.directory}" if options.directory else ""
    say = f"{tuned.path}\nnot in use yet; hallwatch models install {tuned.name} --data {options.data}{where}"
    print(say, file=sys.stderr if options.json else sys.stdout)


def _tell(change: Change | None) -> None:
    """What is in use now, and where it is not seen because something else comes first."""
    from models.weights import resolve

    if change is None:
        return
    print(f"in use: {change.now} instead of {change.before} ({change.why}); back: hallwatch models rollback")
    if (used := resolve(None, os.environ)).name != change.now:
        print(f"a configuration without detector.weights still uses {used.path} ({used.source})", file=sys.stderr)


def _network(options: argparse.Namespace, settings: Settings) -> str | None:
    """What `models evaluate` scores: what it was told, else what the configuration says; of one input size if asked."""
    from models.inputs import inputs
    from models.metadata import WeightsError, read
    from models.weights import resolve

    weights: str | None = options.weights or settings.detector.weights
    if options.size is None:
        return weights
    try:
        found = inputs(resolve(weights, os.environ))
        sizes = {size: path for size, path in found.items() if path.is_file() or read(path).size == size}
    except WeightsError as error:
        raise Missing(str(error)) from error
    width, height = options.size
    if (height, width) not in sizes:
        known = ", ".join(f"{width}x{height}" for height, width in sorted(sizes))
        raise Refused(f"--size: expected one of {known}, found {width}x{height}")
    return str(sizes[height, width])


def _subjects(options: argparse.Namespace, settings: Settings) -> list[Subject]:
    """What `models evaluate` scores; what it cannot is said on stderr."""
    from models.clips import BadClip
    from models.subjects import Subject, subjects
    from models.truth import BadTruth

    clips = {camera.id: path for camera, path in (clip_of(text, settings) for text in options.camera)}
    try:
        asked = list(subjects(settings.cameras, settings.regions, clips, _truths(options.truth, clips)))
    except (BadClip, BadTruth) as error:
        raise Refused(str(error)) from error
    for reason in asked:
        if not isinstance(reason, Subject):
            print(reason, file=sys.stderr)
    chosen = [one for one in asked if isinstance(one, Subject)]
    if not chosen:
        raise Refused(f"{options.config}: expected a camera with recorded footage and its ground truth, found none")
    return chosen


def _truths(texts: Sequence[str], clips: Mapping[str, Path]) -> dict[str, Path]:
    """`c1=gt.txt` as the ground truth of a camera's clip; the id may be left out where there is one clip."""
    truths: dict[str, Path] = {}
    for text in texts:
        id, _, path = text.partition("=")
        if not (id in clips and path):
            if len(clips) != 1 or len(texts) != 1:
                known = ", ".join(clips) or "a clip given with --camera"
                raise Refused(f"--truth: expected ID=PATH with an ID of {known}, found {text!r}")
            id, path = next(iter(clips)), text
        truths[id] = Path(path)
    return truths


@contextmanager
def _unwinding() -> Iterator[None]:
    """SIGTERM ends with every temporary directory removed."""
    before = signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def add_models(verbs: Verbs) -> None:
    """The parsers of all verbs of `hallwatch models`."""
    models = verbs.add_parser("models", help="weights: prepare, label, train, evaluate …").add_subparsers(required=True)
    _label_parser(models)
    _train_parser(models)
    halls = add_verb(models, "halls", models_halls)
    halls.add_argument("directory", type=Path, metavar="DIR", help="for clips, truth and halls.yaml; absent or empty")
    halls.add_argument(
        "--looks", type=positive, default=180, help="per camera, every 10 s (default 180); below 12 one may see nobody"
    )
    halls.add_argument("--seed", type=int, default=1, help="the same seed draws the same halls")
    _evaluate_parser(models)
    _prepare_parser(models)
    listed = add_verb(models, "list", models_list)
    listed.add_argument("--json", action="store_true", help="JSON lines")
    listed.add_argument("--no-time", action="store_true", help="without measuring the CPU per look")
    install = add_verb(models, "install", models_install)
    install.add_argument("name", metavar="NAME", help="of a prepared network, as `models list` shows it")
    install.add_argument("--data", type=Path, metavar="DATASET", help="YOLO data set to compare both on (its val)")
    install.add_argument("--even-if-worse", action="store_true")
    for one in (install, add_verb(models, "rollback", models_rollback)):
        one.add_argument("--directory", type=Path, help="models directory, instead of the cache")


def _train_parser(models: Verbs) -> None:
    train = add_verb(models, "train", models_train)
    train.add_argument("data", type=Path, help="YOLO data set; drawn from the simulated city if it is not there")
    train.add_argument("out", metavar="OUT_OR_NAME", help="directory *_openvino_model to write; with --from a name")
    train.add_argument("--from", dest="start", metavar="WEIGHTS", help="go on from a .pt, or a prepared model's name")
    train.add_argument("--device", default="auto", help="with --from: auto, cpu, or the number of a GPU")
    train.add_argument("--directory", type=Path, help="with --from: models directory to write to, instead of the cache")
    train.add_argument("--pictures", type=int, default=16_000, help="to draw (default 16000)")
    train.add_argument("--epochs", type=positive, help="default 6; with --from 8 on a CPU, 40 on a GPU")
    train.add_argument(
        "--batch", type=positive, help="pictures at once; default 16; with --from 8 on a CPU, 32 on a GPU"
    )
    train.add_argument("--seed", type=int, default=1)
    train.add_argument("--json", action="store_true", help="with --from: JSON lines")


def _evaluate_parser(models: Verbs) -> None:
    evaluate = add_configured(models, "evaluate", models_evaluate)
    evaluate.add_argument(
        "--camera",
        action="append",
        default=[],
        metavar="ID=FILE",
        help="a recorded clip, repeat for several; without, every camera whose url is a file",
    )
    evaluate.add_argument(
        "--truth",
        action="append",
        default=[],
        metavar="[ID=]PATH",
        help="its ground truth, a MOT file or a directory of YOLO files; without, what lies beside the clip: "
        "clip.txt, clip/ or clip_labels/",
    )
    evaluate.add_argument("--weights", metavar="NAME_OR_PATH", help="instead of detector.weights")
    evaluate.add_argument("--size", type=_size, metavar="WxH", help="only that input of the network's family")
    evaluate.add_argument("--every", type=positive, default=1, metavar="N", help="only every n-th frame")
    evaluate.add_argument(
        "--over",
        type=positive,
        metavar="N",
        help="occupancy over n samples, smoothed as absence is (default 1; roles 6)",
    )
    evaluate.add_argument("--roles", action="store_true", help="score roles of cameras and seated staff, not zones")
    evaluate.add_argument("--json", action="store_true", help="JSON lines")


def _label_parser(models: Verbs) -> None:
    label = add_configured(models, "label", models_label)
    label.add_argument("directory", type=Path, metavar="DIR", help="label set; drawn if it is not there yet")
    label.add_argument("--cameras", nargs="+", metavar="ID", help="only these; by default all with a legal_basis")
    label.add_argument("--camera", action="append", default=[], metavar="ID=FILE", help="a recorded clip; repeatable")
    label.add_argument("--at", type=aware_time, default=EPOCH, metavar="ISO-TIME", help="time of a clip's first frame")
    label.add_argument("--frames", type=positive, default=200, help="to draw in all (default 200)")
    label.add_argument("--minutes", type=positive, default=30, help="to look at live cameras (default 30)")
    label.add_argument("--seed", type=int, default=1)
    label.add_argument("--port", type=int, default=8060, help="of the page (default 8060)")
    label.add_argument("--no-page", dest="page", action="store_false", help="draw only")
    formats = ("yolo|coco", "FILE")
    label.add_argument("--export", dest="give", nargs=2, metavar=formats, help="write the set to a .zip or .json")
    label.add_argument("--import", dest="take", nargs=2, metavar=formats, help="take corrected boxes from one")
    label.add_argument("--json", action="store_true", help="JSON lines")


def _prepare_parser(models: Verbs) -> None:
    prepare = add_verb(models, "prepare", models_prepare)
    prepare.add_argument("what", metavar="NAME_OR_FILE", help="a known detector such as yolo11n, or a .pt of your own")
    source = prepare.add_mutually_exclusive_group()
    source.add_argument("--config", type=Path, help="draw frames from the cameras of this configuration")
    source.add_argument("--frames", type=Path, metavar="DIRECTORY", help="pictures to calibrate with")
    prepare.add_argument("--cameras", nargs="+", metavar="ID", help="only these of the configuration")
    prepare.add_argument("--count", type=int, default=128, help="frames to draw")
    prepare.add_argument("--data", type=Path, metavar="DATASET", help="YOLO data set to score on (its val) as well")
    prepare.add_argument("--sizes", type=_sizes, metavar="640x640,416x256", help="inputs, width x height")
    prepare.add_argument("--float", action="store_true", help="FP16 instead of INT8; needs no frames")
    prepare.add_argument("--licence", help="of your own file, for the catalogue")
    prepare.add_argument("--sha256", help="hash that the file must have")
    prepare.add_argument("--directory", type=Path, help="models directory to write to, instead of the cache")


def _sizes(text: str) -> tuple[tuple[int, int], ...]:
    from models.catalogue import BadSize, size

    try:
        return tuple(map(size, text.split(",")))
    except BadSize as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _size(text: str) -> tuple[int, int]:
    size, *more = _sizes(text)
    if more:
        raise argparse.ArgumentTypeError(f"expected one size, found {text!r}")
    return size
