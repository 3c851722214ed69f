"""Weihai: real names of areas and towns for a simulated city; the halls' numbers and everything in them is made up."""

from typing import NamedTuple

from monitor.places import Area, HallLevel


class HallName(NamedTuple):
    """A hall before it is built."""

    id: str
    name: str
    name_en: str
    area: str
    level: HallLevel


_DISTRICTS = (
    ("371002", "环翠区", "Huancui District", "hc"),
    ("371003", "文登区", "Wendeng District", "wd"),
    ("371082", "荣成市", "Rongcheng City", "rc"),
    ("371083", "乳山市", "Rushan City", "rs"),
    ("371071", "高区", "Torch Hi-Tech Zone", "gq"),
    ("371072", "经区", "Economic Development Zone", "jq"),
    ("371073", "临港区", "Lingang Zone", "lg"),
)
_TOWNS = {
    "371002": "张村镇 Zhangcun,羊亭镇 Yangting,温泉镇 Wenquan,桥头镇 Qiaotou,环翠楼街道 Huancuilou,鲸园街道 Jingyuan,"
    "竹岛街道 Zhudao,孙家疃街道 Sunjiatuan,嵩山街道 Songshan",
    "371003": "龙山街道 Longshan,天福街道 Tianfu,环山街道 Huanshan,文登营镇 Wendengying,大水泊镇 Dashuipo,"
    "张家产镇 Zhangjiachan,高村镇 Gaocun,泽库镇 Zeku,侯家镇 Houjia,宋村镇 Songcun,泽头镇 Zetou,小观镇 Xiaoguan,"
    "葛家镇 Gejia,米山镇 Mishan,界石镇 Jieshi",
    "371082": "宁津街道 Ningjin,港湾街道 Gangwan,桃园街道 Taoyuan,王连街道 Wanglian,东山街道 Dongshan,斥山街道 Chishan,"
    "崖头街道 Yatou,城西街道 Chengxi,寻山街道 Xunshan,崂山街道 Laoshan,俚岛镇 Lidao,成山镇 Chengshan,埠柳镇 Buliu,"
    "港西镇 Gangxi,夏庄镇 Xiazhuang,崖西镇 Yaxi,荫子镇 Yinzi,滕家镇 Tengjia,大疃镇 Datuan,上庄镇 Shangzhuang,"
    "虎山镇 Hushan,人和镇 Renhe",
    "371083": "城区街道 Chengqu,夏村镇 Xiacun,乳山口镇 Rushankou,海阳所镇 Haiyangsuo,白沙滩镇 Baishatan,"
    "大孤山镇 Dagushan,南黄镇 Nanhuang,冯家镇 Fengjia,下初镇 Xiachu,午极镇 Wuji,育黎镇 Yuli,崖子镇 Yazi,诸往镇 Zhuwang,"
    "乳山寨镇 Rushanzhai,徐家镇 Xujia",
    "371071": "怡园街道 Yiyuan,田和街道 Tianhe,双岛街道 Shuangdao,初村镇 Chucun",
    "371072": "皇冠街道 Huangguan,凤林街道 Fenglin,西苑街道 Xiyuan,崮山镇 Gushan,泊于镇 Boyu",
    "371073": "黄岚街道 Huanglan,草庙子镇 Caomiaozi,汪疃镇 Wangtuan,蔄山镇 Manshan",
}

_NEW_AREAS = (
    ("3710n1", "南海新区", "Nanhai New Area", "nh"),
    ("3710z1", "综合保税区", "Comprehensive Bonded Zone", "zb"),
)
"""They have no administrative codes of their own; these are made up."""

AREAS = (
    Area("371000", "威海市", "Weihai City"),
    *(Area(code, name, name_en, "371000") for code, name, name_en, _ in (*_DISTRICTS, *_NEW_AREAS)),
)


def _halls() -> tuple[HallName, ...]:
    """The city's, one district's and one town's first, then the other districts', then all towns'."""
    city = HallName("wh01", "威海市政务服务中心", "Weihai Government Service Centre", "371000", HallLevel.CITY)
    districts, towns = [], []
    for code, name, name_en, short in _DISTRICTS:
        districts.append(
            HallName(f"{short}01", f"{name}政务服务中心", f"{name_en} Service Centre", code, HallLevel.DISTRICT)
        )
        for number, both in enumerate(_TOWNS[code].split(","), 2):
            town, pinyin = both.split(" ")
            towns.append(
                HallName(
                    f"{short}{number:02d}", f"{town}便民服务中心", f"{pinyin} Service Centre", code, HallLevel.TOWN
                )
            )
    return (city, districts[0], towns[0], *districts[1:], *towns[1:])


HALLS = _halls()
CITY_HALL = HALLS[0]
DISTRICT_HALLS = tuple(hall for hall in HALLS if hall.level is HallLevel.DISTRICT)
TOWN_HALLS = tuple(hall for hall in HALLS if hall.level is HallLevel.TOWN)

_BRANCHES = (
    ("不动产登记", "Real Estate"),
    ("出入境", "Exit and Entry"),
    ("车管", "Vehicle"),
    ("税务", "Tax"),
    ("医保", "Health Insurance"),
    ("人社", "Labour and Social Security"),
    ("公积金", "Housing Fund"),
    ("公共资源交易", "Public Resources Trading"),
)
BRANCH_HALLS = tuple(
    HallName(f"wh{number:02d}", f"威海市{matter}服务大厅", f"Weihai {matter_en} Hall", "371000", HallLevel.CITY)
    for number, (matter, matter_en) in enumerate(_BRANCHES, 2)
)
"""The city's halls for single matters (市级分厅)."""
NEW_AREA_HALLS = tuple(
    HallName(f"{short}01", f"{name}政务服务中心", f"{name_en} Service Centre", code, HallLevel.DISTRICT)
    for code, name, name_en, short in _NEW_AREAS
)
SUB_HALLS = tuple(
    HallName(f"{short}{number}", f"{name}{matter}分厅", f"{name_en} {matter_en} Hall", code, HallLevel.DISTRICT)
    for number, (matter, matter_en) in enumerate((_BRANCHES[0], _BRANCHES[3], _BRANCHES[5]), 81)
    for code, name, name_en, short in _DISTRICTS
)[:20]
"""The districts' halls for single matters (区级分厅)."""

Matter = tuple[str, str]
ZoneName = tuple[str, str, tuple[Matter, ...]]

_GENERAL: ZoneName = ("综合受理区", "General services", (("综合受理", "General services"), ("帮办代办", "Assistance")))
_BUSINESS: ZoneName = ("企业开办区", "Business start-up", (("企业开办", "Business start-up"), ("税务", "Tax")))
_PROPERTY: ZoneName = ("不动产登记区", "Real estate", (("不动产登记", "Real estate"), ("公积金", "Housing fund")))
_BUILDING: ZoneName = ("工程建设区", "Construction", (("工程建设审批", "Construction permits"),))
_SOCIAL: ZoneName = (
    "社会事务区",
    "Social affairs",
    (("社会保险", "Social insurance"), ("医疗保障", "Health insurance")),
)
_TOWN: ZoneName = (
    "便民服务区",
    "Local services",
    (("便民服务", "Local services"), ("社会保险", "Social insurance"), ("民政事务", "Civil affairs")),
)

ZONES = {
    HallLevel.CITY: (_GENERAL, _BUSINESS, _PROPERTY, _BUILDING),
    HallLevel.DISTRICT: (_GENERAL, _SOCIAL, _BUSINESS),
    HallLevel.TOWN: (_TOWN, _GENERAL),
}
"""Chinese and English name of a level's zones in order, and the matters of their windows."""
