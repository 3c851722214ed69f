"""What `hallwatch check` says about a right configuration."""

from pathlib import Path

from config.summary import describe
from tests.config.site import loaded


def test_counts_and_rates_come_first(tmp_path: Path) -> None:
    assert describe(loaded(tmp_path))[:2] == [
        "大厅 1，窗口 2，摄像头 1，评价设备 1 / 1 hall, 2 windows, 1 camera, 1 rating device",
        "每秒查看 0.1 次，其中分析 0.1 次 / 0.1 looks per second, 0.1 of them analysed",
    ]


def test_tells_what_will_not_be_watched(tmp_path: Path) -> None:
    idle = {"id": "c2", "hall": "hc01", "url": "rtsp://h/2", "role": "public"}
    bare = {"id": "c3", "hall": "hc01", "url": "rtsp://h/3", "role": "public", "legal_basis": "公共安全"}
    settings = loaded(tmp_path, ("cameras.+", idle), ("cameras.+", bare), ("halls.0.segments", []))
    assert describe(settings)[4:] == [
        "摄像头未填处理依据，只巡检不分析 / cameras without a legal basis, never analysed (1): c2",
        "摄像头未画区域，只巡检不分析 / cameras without regions, never analysed (1): c3",
        "大厅未填服务时段，不作判断 / halls without service hours, never judged (1): hc01",
        "窗口没有可分析的摄像头，不作判断 / windows that no analysed camera sees, never judged (1): hc01 w002",
    ]


def test_tells_what_the_network_will_bear(tmp_path: Path) -> None:
    cameras = [
        {"id": f"c{n}", "hall": "hc01", "url": f"rtsp://h/{n}", "role": "public", "legal_basis": "x"} for n in range(8)
    ]
    reception = {"hall_mbit_s": 1.0}
    settings = loaded(tmp_path, ("cameras", cameras), ("reception", reception))
    assert describe(settings)[2:4] == [
        "hc01：连接 3，0.57 Mbit/s（上限 1），按需连接 6 / hc01: 3 connections, 0.57 of 1 Mbit/s, 6 on demand",
        "合计：连接 3，0.57 Mbit/s / in total: 3 connections, 0.57 Mbit/s",
    ]
    settings = loaded(tmp_path, ("cameras", cameras), ("reception", {"hall_mbit_s": 0.02}))
    assert describe(settings)[2].endswith("2 on demand, 6 left out in turn, cadences ×1.6")


def test_tells_the_codes_by_which_a_platform_knows_its_cameras(tmp_path: Path) -> None:
    code = "37100200001320000123"
    assert f"c1：国标编码 / GB code {code}" in describe(loaded(tmp_path, ("cameras.0.gb_code", code)))


def test_regions_of_a_camera_without_a_basis_watch_nothing(tmp_path: Path) -> None:
    told = describe(loaded(tmp_path, ("cameras.0.legal_basis", "")))
    assert told[1].endswith("0.1 looks per second, 0.0 of them analysed")
    assert told[-1].endswith("(2): hc01 w001, hc01 w002")


def test_long_lists_are_cut(tmp_path: Path) -> None:
    windows = [{"id": f"w{n:03}", "name": str(n), "zone": "za"} for n in range(1, 20)]
    told = describe(loaded(tmp_path, ("halls.0.windows", windows)))
    assert told[-1].endswith("hc01 w010, hc01 w011, … (+8)")
