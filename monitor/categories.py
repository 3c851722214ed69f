"""Code lists of the ledger: categories, severities and sources of issues."""

from enum import StrEnum

from monitor.terms import Term

GROUPS = {
    "A": Term("在岗纪律", "Discipline at the post"),
    "B": Term("服务态度规范", "Manner of service"),
    "C": Term("效能", "Efficiency"),
    "D": Term("制度落实", "Application of the rules"),
    "E": Term("环境设施", "Premises and equipment"),
    "F": Term("廉政风险", "Integrity risk"),
    "G": Term("群众反映", "Reported by the public"),
}
"""The first letter of a category code."""

CATEGORIES = {
    "A01": Term("离岗", "Away from the post"),
    "A02": Term("空岗", "Vacant post"),
    "A03": Term("迟到开窗", "Late opening"),
    "A04": Term("提前收岗", "Early closing"),
    "A05": Term("串岗聊天", "Chatting at another post"),
    "A06": Term("玩手机(疑似)", "Playing with a phone (suspected)"),
    "A07": Term("睡岗(疑似)", "Asleep at the post (suspected)"),
    "A08": Term("暂停超时", "Pause over its limit"),
    "A09": Term("吃零食/吸烟", "Snacking or smoking"),
    "B01": Term("态度生硬", "Curt manner"),
    "B02": Term("未亮身份/工牌", "Identity or badge not shown"),
    "B03": Term("着装仪容", "Dress and appearance"),
    "B04": Term("服务忌语", "Forbidden expressions"),
    "B05": Term("未一次性告知", "Requirements not told all at once"),
    "C01": Term("排队过长", "Queue too long"),
    "C02": Term("忙闲不均", "Load unevenly shared"),
    "C03": Term("超承诺时限", "Promised time exceeded"),
    "C04": Term("叫号不规范", "Improper ticket calling"),
    "C05": Term("重复取号", "Ticket taken twice"),
    "D01": Term("AB岗未落实", "No substitute at the post"),
    "D02": Term("首问负责未落实", "First asked did not take charge"),
    "D03": Term("违反窗口无否决权", "Refused at the window without power to"),
    "D04": Term("增设条件/材料", "Conditions or papers added"),
    "D05": Term("评价器未启用或诱导评价", "Rating device off, or ratings solicited"),
    "D06": Term("差评未回访", "Bad rating not followed up"),
    "E01": Term("评价设备故障", "Rating device out of order"),
    "E02": Term("自助终端故障", "Self-service terminal out of order"),
    "E03": Term("摄像头故障/遮挡", "Camera faulty or blocked"),
    "E04": Term("环境卫生", "Cleanliness"),
    "E05": Term("标识/无障碍", "Signs and accessibility"),
    "F01": Term("吃拿卡要(线索)", "Extortion (clue)"),
    "F02": Term("中介勾连", "Collusion with agents"),
    "F03": Term("打招呼说情", "Interceding for somebody"),
    "G01": Term("吐槽", "Venting"),
    "G02": Term("投诉", "Complaint"),
    "G03": Term("建议", "Suggestion"),
    "G04": Term("差评", "Bad rating"),
}

RESTRICTED = frozenset(code for code in CATEGORIES if code.startswith("F"))
"""For the city's supervisors and the discipline inspectors alone; offered to nobody while nobody signs in."""

OFFERED = {code: name for code, name in CATEGORIES.items() if code not in RESTRICTED}
"""What a form may offer to anybody."""


class Severity(StrEnum):
    """How serious an issue is."""

    A = "A"
    B = "B"
    C = "C"


SEVERITIES = {
    Severity.A: Term("严重", "Severe"),
    Severity.B: Term("较重", "Serious"),
    Severity.C: Term("一般", "General"),
}


class Source(StrEnum):
    """Where an issue came from."""

    PATROL = "PATROL"
    ONSITE = "ONSITE"
    SPECIAL = "SPECIAL"
    CROSS = "CROSS"
    EXPERIENCE = "EXPERIENCE"
    VIDEO_SPOT = "VIDEO_SPOT"
    AI_VIDEO = "AI_VIDEO"
    RATING = "RATING"
    HOTLINE_12345 = "HOTLINE_12345"
    SMS = "SMS"
    VENT = "VENT"
    CITIZEN_SUP = "CITIZEN_SUP"
    DICS = "DICS"
    MEDIA = "MEDIA"
    SELF = "SELF"


SOURCES = {
    Source.PATROL: Term("日常巡查", "Routine patrol"),
    Source.ONSITE: Term("实地检查", "On-site inspection"),
    Source.SPECIAL: Term("专项督察", "Thematic supervision"),
    Source.CROSS: Term("交叉暗访", "Covert visit across districts"),
    Source.EXPERIENCE: Term("体验式检查", "Experiential check"),
    Source.VIDEO_SPOT: Term("视频抽查", "Video spot check"),
    Source.AI_VIDEO: Term("视频预警", "Video alert"),
    Source.RATING: Term("好差评", "Rating"),
    Source.HOTLINE_12345: Term("12345热线", "12345 hotline"),
    Source.SMS: Term("短信评价", "SMS rating"),
    Source.VENT: Term("吐槽找茬", "Vent and nit-pick"),
    Source.CITIZEN_SUP: Term("社会监督员", "Citizen supervisor"),
    Source.DICS: Term("派驻纪检监察组", "Discipline inspectors"),
    Source.MEDIA: Term("媒体监督", "Media"),
    Source.SELF: Term("自查", "Self-check"),
}
