"""Words: every text that the pages show, in Chinese and in English, in one table."""

from collections.abc import Callable

from monitor.terms import Term

LANGUAGES = ("zh", "en")

Say = Callable[..., str]
"""say(key, **values) -> the text in the reader's language."""

WORDS: dict[str, tuple[str, str]] = {
    # --- header ---
    "nav.situation": ("实时态势", "Live"),
    "nav.issues": ("整改台账", "Ledger"),
    "nav.patrol": ("现场登记", "On site"),
    "nav.ratings": ("好差评", "Ratings"),
    "head.clock": ("北京时间", "Beijing time"),
    "head.simulated": ("模拟数据 · 演示阈值", "Simulated data · demo thresholds"),
    "head.demo_model": ("演示模型", "Demo model"),
    "head.day": ("今日", "Today"),
    "head.segment": ("服务时段", "Service"),
    "head.halls_open": ("{n}/{m} 厅服务中", "{n}/{m} halls open"),
    "head.no_service": ("非服务时段", "Outside service hours"),
    "head.other_language": ("EN", "中文"),
    "day.工作日": ("工作日", "working day"),
    "day.调休上班": ("调休上班", "make-up working day"),
    "day.节假日": ("节假日", "holiday"),
    "day.周末": ("周末", "weekend"),
    "day.日历未公布": ("日历未公布", "calendar not published"),
    "push.ok": ("实时推送正常 · 数据 {age}前", "Live · data {age} old"),
    "push.waiting": ("等待实时数据", "Waiting for live data"),
    "push.stale": ("数据延迟 · 最新 {age}前", "Data late · newest {age} old"),
    "push.lost": ("推送中断 {time} 起", "Push lost since {time}"),
    "push.broker": ("消息中断 {time} 起", "Messages lost since {time}"),
    "push.halls_stale": ("{n} 厅数据过期", "{n} halls out of date"),
    "push.blind": ("相机离线 {n}", "{n} cameras offline"),
    # --- key figures ---
    "kpi.eyes": ("在线监察眼", "Supervision eyes online"),
    "kpi.eyes.foot": ("看不见", "Cannot see"),
    "kpi.windows": ("窗口在岗", "Windows on duty"),
    "kpi.windows.due": ("应开", "due"),
    "kpi.waiting": ("等候人数", "Waiting"),
    "kpi.waiting.longest": ("最长", "Longest"),
    "kpi.alerts": ("待处置预警", "Alerts to judge"),
    "kpi.alerts.handled": ("今日已处置", "Judged today"),
    "kpi.alerts.adopted": ("采信率", "Adopted"),
    "kpi.ratings": ("今日评价", "Ratings today"),
    "kpi.ratings.bad": ("差评", "Bad"),
    "kpi.ratings.coin": ("投币另计", "Coins apart"),
    "kpi.satisfaction": ("满意度", "Satisfaction"),
    "kpi.issues": ("待整改", "Issues open"),
    "kpi.issues.submitted": ("待复查", "To review"),
    "kpi.completion": ("整改完成率", "Completion"),
    "unit.people": ("人", "people"),
    "unit.items": ("件", ""),
    "unit.ratings": ("条", ""),
    # --- halls ---
    "halls.title": ("大厅运行状态", "Halls"),
    "halls.meta": ("{halls} 个大厅 · {windows} 个窗口", "{halls} halls · {windows} windows"),
    "halls.hall": ("大厅", "Hall"),
    "halls.eyes": ("监察眼", "Eyes"),
    "halls.on": ("在岗/应开", "On/due"),
    "halls.away": ("离岗", "Away"),
    "halls.unknown": ("未知", "Unkn."),
    "halls.waiting": ("等候", "Wait"),
    "halls.stale": ("数据 {age}前", "{age} old"),
    "halls.silent": ("尚无数据", "No data yet"),
    # --- alert feed ---
    "feed.title": ("待处置预警", "Alerts to judge"),
    "feed.meta": ("按严重程度排列", "Most severe first"),
    "feed.none": ("目前没有待处置的预警", "No alerts to judge"),
    "feed.none.hint": ("窗口离岗或排队超过阈值时,在这里出现", "An absence or a queue over its threshold appears here"),
    "rule.absence": ("疑似离岗", "Suspected absence"),
    "rule.queue": ("排队超限", "Queue over limit"),
    "level.yellow": ("预警", "Warning"),
    "level.red": ("告警", "Alarm"),
    "alert.since": ("{time} 起", "since {time}"),
    "alert.ended": ("{time} 返岗", "back {time}"),
    "alert.ended.queue": ("{time} 回落", "eased {time}"),
    "alert.elapsed": ("已持续", "elapsed"),
    "alert.lasted": ("共持续", "lasted"),
    "alert.waiting": ("同区等候 {n} 人", "{n} waiting in the zone"),
    "alert.waiting.unknown": ("同区等候未知", "waiting unknown"),
    "alert.people": ("排队 {n} 人", "{n} in the queue"),
    "alert.people.unknown": ("排队人数未知", "queue length unknown"),
    "alert.no_pause": ("未接入暂停信号", "no pause signal"),
    "alert.unseen": ("目前看不见", "cannot see now"),
    "alert.no_still": ("无图", "no still"),
    "alert.open": ("详情", "Details"),
    "still.start": ("开始", "Start"),
    "still.threshold": ("达阈值", "Threshold"),
    "still.return": ("返岗", "Return"),
    "still.pending": ("待返岗", "not back"),
    "still.pending.threshold": ("未达", "not yet"),
    "verdict.choose": ("选择合理原因", "Choose the reason"),
    "verdict.cancel": ("取消", "Cancel"),
    "verdict.done": ("已处置:{place} {verdict}", "Judged: {place} {verdict}"),
    "verdict.sending": ("正在提交…", "Sending…"),
    "verdict.title": ("处置", "Judge"),
    "verdict.by": ("处置人", "Judged by"),
    "verdict.at": ("处置时间", "Judged at"),
    "verdict.reason": ("原因", "Reason"),
    "verdict.issue": ("已登记问题", "Registered as issue"),
    "reason.back_office": ("后台办件", "Back-office work"),
    "reason.guiding": ("引导群众办理", "Guiding an applicant"),
    "reason.handover": ("交接班或AB岗补位", "Handover or backup post"),
    "reason.duty": ("因公临时离开", "Away on duty"),
    "reason.short": ("必要的短时离开", "Necessary short absence"),
    "reason.capacity": ("已增开窗口", "More windows opened"),
    # --- windows ---
    "windows.title": ("窗口在岗", "Windows"),
    "windows.cameras": ("监察眼 {seeing}/{total}", "Eyes {seeing}/{total}"),
    "state.ON_DUTY": ("在岗", "On duty"),
    "state.SERVING": ("服务中", "Serving"),
    "state.AWAY_TIMER": ("暂离", "Stepped away"),
    "state.AWAY_HINT": ("暂离提示", "Away, hint"),
    "state.AWAY_WARN": ("疑似离岗", "Suspected absence"),
    "state.AWAY_ALERT": ("疑似离岗", "Suspected absence"),
    "state.PAUSED_OK": ("暂停", "Paused"),
    "state.CLOSED": ("关闭", "Closed"),
    "state.NOT_IN_SERVICE": ("非服务时段", "Off hours"),
    "state.UNKNOWN": ("未知", "Unknown"),
    "state.away": ("离岗", "Absent"),
    "state.stepped": ("暂离", "Stepped away"),
    "blind.connecting": ("正在连接", "connecting"),
    "blind.unreachable": ("连接不上", "unreachable"),
    "blind.refused": ("拒绝登录", "login refused"),
    "blind.not-found": ("地址不存在", "address not found"),
    "blind.stalled": ("画面停滞", "stalled"),
    "blind.garbage": ("协议错误", "not the protocol"),
    "blind.undecodable": ("无法解码", "undecodable"),
    "blind.black": ("黑屏", "black picture"),
    "blind.ended": ("录像已结束", "recording over"),
    # --- queues, ratings, issues ---
    "queues.title": ("排队人数", "Queues"),
    "queues.meta": ("人/开放窗口", "per open window"),
    "queues.open": ("{n} 窗", "{n} win."),
    "queues.unknown": ("看不见", "cannot see"),
    "queues.more": ("另有 {n} 区", "{n} more zones"),
    "ratings.title": ("今日评价分布", "Ratings today"),
    "ratings.satisfaction": ("满意度", "Satisfaction"),
    "ratings.none": ("今日还没有评价", "No ratings yet today"),
    "issues.title": ("整改情况", "Rectification"),
    "issues.open_ledger": ("打开台账", "Open the ledger"),
    "page.none": ("没有这个页面", "There is no such page"),
    "handled.title": ("今日已处置", "Judged today"),
    "handled.none": ("今日还没有处置", "Nothing judged yet today"),
    "blind.title": ("看不见的监察眼", "Eyes that cannot see"),
    # --- time ---
    "age.s": ("{n} 秒", "{n} s"),
    "age.m": ("{n} 分", "{n} min"),
    "age.h": ("{n} 小时", "{n} h"),
}


def words(language: str) -> Say:
    """The speaker of a language; an unknown language speaks Chinese."""
    column = LANGUAGES.index(language) if language in LANGUAGES else 0

    def say(key: str, **values: object) -> str:
        return WORDS[key][column].format(**values) if values else WORDS[key][column]

    return say


def say_term(term: Term, language: str) -> str:
    """A term of the domain in the reader's language."""
    return term.en if language == "en" else term.zh
