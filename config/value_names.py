"""Value names: what each threshold is called, in Chinese and in English, with its unit."""

from monitor.thresholds import Family

FAMILIES = {
    Family.ABSENCE: ("窗口在岗", "presence at the window"),
    Family.QUEUE: ("排队", "queue of its zone"),
    Family.HALL: ("全厅", "its hall as a whole"),
}

COMMON = {
    "clear_s": ("低于限值多久后结束（秒）", "below its limit for so long, the alert ends (s)"),
    "gap_cadences": ("间隔超过几个查看周期算看不见", "a longer gap is unseen time (cadences)"),
    "unknown_reset_s": ("连续看不见超过此时长，重新计时（秒）", "unseen for longer, the clock restarts (s)"),
    "version": ("规则版本", "version of the rule"),
}

NAMES = {
    Family.ABSENCE: COMMON
    | {
        "hint_s": ("提示（秒）", "hint (s)"),
        "yellow_s": ("离岗预警·黄（秒）", "alert opens, yellow (s)"),
        "red_s": ("离岗告警·红（秒）", "alert turns red (s)"),
        "red_waiting_s": ("有人等候时转红（秒）", "red while somebody waits (s)"),
        "rearm_s": ("返岗多久后可再次预警（秒）", "back for so long before a new alert (s)"),
        "opening_grace_s": ("迟到开窗宽限（秒）", "grace after the opening (s)"),
        "closing_grace_s": ("收岗前宽限（秒）", "grace before the closing (s)"),
        "early_s": ("提前收岗：距收岗不足（秒）", "gone so shortly before the closing is early (s)"),
        "pause_s": ("暂停上限（秒）", "longest pause (s)"),
        "pause_approved_s": ("经批准的暂停上限（秒）", "longest approved pause (s)"),
        "vacant_s": ("外出且无人顶岗（秒）", "signed out and not covered (s)"),
        "back_office_s": ("后台办件上限（秒）", "longest back-office work (s)"),
        "serving_s": ("带群众离柜办理上限（秒）", "longest away with a ticket in service (s)"),
        "smooth_n": ("判断所依据的查看次数", "looks that decide"),
        "empty_below": ("有人比例低于此为无人", "share of them with somebody below which it is empty"),
        "present_from": ("有人比例达到此为在岗", "share from which it is staffed again"),
    },
    Family.QUEUE: COMMON
    | {
        "yellow_open": ("每个开放窗口等候人数·黄", "waiting per open window, yellow"),
        "yellow_close": ("低于此黄结束", "yellow is over below"),
        "yellow_s": ("持续多久为黄（秒）", "for so long, yellow (s)"),
        "red_open": ("每个开放窗口等候人数·红", "waiting per open window, red"),
        "red_close": ("低于此红结束", "red is over below"),
        "red_s": ("持续多久为红（秒）", "for so long, red (s)"),
        "wait_yellow_s": ("最长等候·黄（秒）", "oldest wait, yellow (s)"),
        "wait_red_s": ("最长等候·红（秒）", "oldest wait, red (s)"),
        "abandoned_yellow": ("过号率·黄", "abandonment, yellow (share)"),
        "abandoned_red": ("过号率·红", "abandonment, red (share)"),
        "abandoned_least": ("一小时内至少几张号才计过号率", "fewest tickets an hour for it"),
        "idle_s": ("忙闲不均：空闲多久（秒）", "idle while others wait (s)"),
        "few_windows": ("开窗不足：至多开几个", "few windows: at most open"),
        "few_waiting": ("开窗不足：至少等候几人", "few windows: at least waiting"),
        "few_s": ("开窗不足：持续多久（秒）", "few windows: for so long (s)"),
        "unstaffed_s": ("无人窗口：等候多久（秒）", "no manned window: waiting for (s)"),
        "closing_s": ("收岗前多久核算能否办完（秒）", "capacity looked at before the closing (s)"),
        "ticket_s": ("一张号预计办理（秒）", "one ticket is expected to take (s)"),
        "disagree_least": ("取号与人数可相差几人", "tickets and head-count may differ by"),
        "disagree_share": ("取号与人数可相差比例", "or by this share"),
    },
    Family.HALL: COMMON
    | {
        "empty_share": ("大面积空岗：空岗比例", "many posts empty: share"),
        "empty_s": ("大面积空岗：持续多久（秒）", "many posts empty: for so long (s)"),
        "empty_least": ("大面积空岗：至少几个应开窗口", "many posts empty: fewest windows due"),
        "group_at": ("几个窗口同时预警合并显示", "so many alerts at once are shown as one"),
        "group_s": ("合并的时间范围（秒）", "within so long (s)"),
        "camera_s": ("监察眼故障：看不见多久（秒）", "camera fault: blind for (s)"),
    },
}
