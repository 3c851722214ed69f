"""A summary: what a valid configuration amounts to, and what in it will do nothing."""

from collections.abc import Iterable

from config.network import expectations
from config.settings import Settings
from models.regions import RegionKind
from monitor.ladder import Rung
from monitor.places import Hall


def describe(settings: Settings) -> list[str]:
    """Short sentences, Chinese and English, for `hallwatch check`; those that ask for attention come last."""
    windows = sum(len(hall.windows) for hall in settings.halls)
    analysed = {region.camera for region in settings.regions} & {
        camera.id for camera in settings.cameras if camera.legal_basis
    }
    rate = sum(1 / camera.cadence.total_seconds() for camera in settings.cameras)
    analysis = sum(1 / camera.cadence.total_seconds() for camera in settings.cameras if camera.id in analysed)
    return [
        f"大厅 {len(settings.halls)}，窗口 {windows}，摄像头 {len(settings.cameras)}，评价设备 {len(settings.devices)}"
        f" / {_count(len(settings.halls), 'hall')}, {_count(windows, 'window')},"
        f" {_count(len(settings.cameras), 'camera')}, {_count(len(settings.devices), 'rating device')}",
        f"每秒查看 {rate:.1f} 次，其中分析 {analysis:.1f} 次"
        f" / {rate:.1f} looks per second, {analysis:.1f} of them analysed",
        *expectations(settings),
        *(f"{camera.id}：国标编码 / GB code {camera.gb_code}" for camera in settings.cameras if camera.gb_code),
        *_told(settings),
        *_attention(settings, analysed),
    ]


def _told(settings: Settings) -> Iterable[str]:
    """Who is told of alerts, and whether messages carry a link."""
    notices = settings.notices
    if notices.recipients:
        names = ", ".join(f"{one.person.name} ({one.person.role})" for one in notices.recipients)
        yield f"预警通知 {len(notices.recipients)} 人 / people who are told: {names}"
        stages = "; ".join(f"{rung.stage} → {rung.role} ({_height(rung)})" for rung in notices.ladder)
        yield f"通知阶梯 / ladder: {stages}"
        told = {one.person.role for one in notices.recipients}
        nobody = [rung.stage for rung in notices.ladder if rung.role not in told]
        if nobody:
            yield f"无人接收的阶段 / stages that reach nobody: {_some(nobody)}"
        if not (notices.base_url and notices.secret):
            yield "通知中没有确认链接，须配置 base_url 与 secret / messages carry no link without base_url and a secret"


def _height(rung: Rung) -> str:
    return f"{rung.level}, {rung.after_s / 60:g} min" if rung.after_s else f"{rung.level}"


def _attention(settings: Settings, analysed: set[str]) -> Iterable[str]:
    drawn = {region.camera for region in settings.regions}
    without_basis = [camera.id for camera in settings.cameras if not camera.legal_basis]
    without_regions = [camera.id for camera in settings.cameras if camera.legal_basis and camera.id not in drawn]
    without_hours = [hall.id for hall in settings.halls if not hall.segments]
    unseen = [f"{hall.id} {window}" for hall in settings.halls for window in _unseen(settings, hall, analysed)]
    for ids, chinese, english in (
        (without_basis, "摄像头未填处理依据，只巡检不分析", "cameras without a legal basis, never analysed"),
        (without_regions, "摄像头未画区域，只巡检不分析", "cameras without regions, never analysed"),
        (without_hours, "大厅未填服务时段，不作判断", "halls without service hours, never judged"),
        (unseen, "窗口没有可分析的摄像头，不作判断", "windows that no analysed camera sees, never judged"),
    ):
        if ids:
            yield f"{chinese} / {english} ({len(ids)}): {_some(ids)}"


def _unseen(settings: Settings, hall: Hall, analysed: set[str]) -> list[str]:
    cameras = {camera.id for camera in settings.cameras if camera.hall == hall.id} & analysed
    seen = {r.place for r in settings.regions if r.kind is RegionKind.STAFF and r.camera in cameras}
    return [window.id for window in hall.windows if window.id not in seen and not window.closed]


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _some(ids: list[str], most: int = 10) -> str:
    return ", ".join(ids[:most]) + (f", … (+{len(ids) - most})" if len(ids) > most else "")
