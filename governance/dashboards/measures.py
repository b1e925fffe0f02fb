"""What is counted by day, and from which side each measure is looked at (domain-rules 1.6, 1.8).

Every ticket counts at most once as each measure, so that a figure is as long as the list behind it. Rows of the rollup
are margins: one for the unit, and one more per side that some panel reads (street, department or category; 0 elsewhere).
A row per combination would be as long as the tickets themselves.
"""

from governance.whistles.states import Scene, Source

STAGES = ("accept", "contact", "arrive")
LIMITS = tuple(f"{stage}_{how}" for stage in (*STAGES, "finish") for how in ("on_time", "late"))
SETTLED = ("solved", "partly", "unsolved", "explained")
RATED = ("satisfied", "basic", "dissatisfied")
TITLES = {
    "whistle": "派发的哨单", "recurrence": "回潮的哨单", "dispatched": "派发的工单",
    "accept_on_time": "按时签收", "accept_late": "签收超时", "contact_on_time": "按时联系街道", "contact_late": "联系街道超时",
    "arrive_on_time": "按时报到", "arrive_late": "报到超时", "finish_on_time": "按时报办结", "finish_late": "超时报办结",
    "done": "报办结的工单", "reworked": "返工的工单", "hung": "新挂账的工单", "closed": "办结的工单",
    "solved": "办结：已解决", "partly": "办结：部分解决", "unsolved": "办结：没有解决", "explained": "办结：政策解释等",
    "satisfied": "评价满意", "basic": "评价基本满意", "dissatisfied": "评价不满意",
}  # fmt: skip
SCENES = {f"scene.{scene.value}": scene for scene in Scene}
SOURCES = {f"source.{source.value}": source for source in Source}
OF_WHISTLES = ("whistle", "recurrence", *SCENES, *SOURCES)
MEASURES = (*TITLES, *SCENES, *SOURCES)

# Tickets ruled no fault, ended or merged leave the rates but stay in the flow (1.6).
IN_RATES = (*LIMITS, *SETTLED, *RATED)
FROM_RATINGS = (*SETTLED, *RATED)

BY_STREET = ("whistle", "recurrence")
BY_DEPARTMENT = ("dispatched", "closed", "done", "reworked", "hung", *LIMITS)
BY_CATEGORY = ("whistle", "recurrence")
