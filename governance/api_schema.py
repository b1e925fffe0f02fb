"""Finishes the OpenAPI schema: Chinese tags and summaries, the one shape of errors, the idempotency key."""

TAGS = {
    "whistles": ("哨单", "吹哨、审核、派发、并入"),
    "tickets": ("部门工单", "签收、报到、办结、异议、挂账、核实"),
    "ratings": ("评价", "一哨一评；评价保护"),
    "scorecards": ("部门计分", "三率和位次；只排部门"),
    "files": ("附件", "随所属事项可见"),
    "units": ("管理单元", "区县市和功能区"),
    "divisions": ("行政区划", "区县、街道（乡镇）、社区（村）"),
    "departments": ("部门", "市、区部门和驻街道机构"),
    "categories": ("事项分类", "大类、小类"),
    "grids": ("网格", "社区以下；边界为 GeoJSON，按位置查网格"),
    "catalogues": ("准入清单", "各年度、各类对象的清单"),
    "admission-items": ("准入事项", "社区（村）可以做的事和禁入的事；示例文字"),
    "applications": ("准入申请", "审查、征求意见、评审、公示、批准"),
    "demands": ("下行要求", "部门依据准入事项向社区提出的要求；唯一入口"),
    "targets": ("社区待办", "只有社区与所在街道看得到"),
    "signboards": ("牌子", "登记、比对、清理"),
    "signboard-audits": ("牌子核查", "自查、抽查、回头看"),
    "rectifications": ("牌子整改", "责任部门整改与验收"),
    "signboard-lists": ("牌子名录", "按年度的名录与上限"),
    "refusals": ("依规拒收", "向上只显示街道"),
    "entitlements": ("应得经费", "社区（村）每年应得多少、依据哪条规则；金额单位为分"),
    "disbursements": ("拨付批次", "区县到社区（村）的拨付与银行回盘；账号只显示末四位"),
    "elements": ("数据项目录", "六大主题，每项有权威来源、有效期、共享级别"),
    "communities": ("社区（村）", "按社区代码取数，取数即登记"),
    "facts": ("数据", "取数即登记；源部门推送"),
    "forms": ("一表通", "由数据项组成的表；已有的自动剔除"),
    "incidents": ("网格事件", "上报（幂等）、查询；范围与页面一致"),
    "takings": ("取数登记", "相关社区和街道看得到"),
    "accounts": ("账户余额", "复式账户；金额单位为分"),
    "open-datasets": ("开放数据", "已发布的去标识数据、字典、许可和文件散列；不用登录"),
    "open-data-dictionary": ("开放数据字典", "每类数据的列、取值和概化办法；不用登录"),
    "disclosures": ("经费公开", "已公布的各期收支；不用登录"),
    "journals": ("记账凭证", "只增不改；金额单位为分"),
    "projects": ("服务群众项目", "四议两公开；金额单位为分"),
    "payments": ("支付申请", "金额单位为分；账号不外传"),
}
ERROR = {
    "type": "object",
    "required": ["code", "message", "fields"],
    "properties": {
        "code": {"type": "string", "description": "invalid、forbidden、not_found、conflict、illegal_transition、stale、busy 等"},
        "message": {"type": "string", "description": "中文说明，可直接给用户看"},
        "fields": {"type": "object", "additionalProperties": {"type": "string"}, "description": "字段名 → 原因"},
        "changed": {"type": "array", "items": {"type": "string"}, "description": "仅 stale：此后发生了什么"},
    },
}  # fmt: skip
ANSWERS = {
    "get": {"400": "参数不对：字段名见 fields", "401": "未登录或令牌无效", "403": "没有权限", "404": "不存在或不在范围内", "429": "请求过多"},
    "post": {
        "400": "内容不对：字段名见 fields；未知字段也不接受", "401": "未登录或令牌无效", "403": "看得到但没有权限",
        "404": "不存在或不在范围内", "409": "当前状态不允许、版本已旧，或同一幂等键已用于别的内容", "413": "内容过大",
        "415": "只接受 application/json", "429": "请求过多",
    },
}  # fmt: skip
EXAMPLES = {
    "400": {"code": "invalid", "message": "请选择主办部门。", "fields": {"lead": "请选择主办部门。"}},
    "404": {"code": "not_found", "message": "没有这个对象，或不在您的范围内。", "fields": {}},
    "409": {"code": "stale", "message": "页面打开后，这件事已有新的进展。", "fields": {}, "changed": ["城管局 签收"]},
}
KEY = {
    "name": "Idempotency-Key", "in": "header", "required": False,
    "description": "幂等键：同一键、同一内容只生效一次，重复请求得到第一次的结果并带 Idempotent-Replay: true；同键不同内容答 409。",
    "schema": {"type": "string", "minLength": 1, "maxLength": 100, "pattern": "^[!-~]+$"},
}  # fmt: skip


def _answer(status: str, words: str) -> dict:
    media = {"schema": {"$ref": "#/components/schemas/Error"}}
    if status in EXAMPLES:
        media["example"] = EXAMPLES[status]
    return {"description": words, "content": {"application/json": media}}


def _operation(name: str, method: str, path: str, operation: dict) -> None:
    """Complete one operation."""
    label = TAGS[name][0]
    operation["tags"] = [label]
    if "summary" not in operation:
        operation["summary"] = f"{label}详情" if "{" in path else f"{label}列表"
        operation["description"] = TAGS[name][1]
    for status, words in ANSWERS[method].items():
        operation["responses"].setdefault(status, _answer(status, words))
    if method == "post":
        operation.setdefault("parameters", []).append(KEY)


def describe_everything(result: dict, generator, request, public) -> dict:
    """The generator's last hook."""
    result["components"]["schemas"]["Error"] = ERROR
    used = set()
    for path, methods in result["paths"].items():
        name = path.removeprefix("/api/v1/").split("/")[0]
        used.add(name)
        for method, operation in methods.items():
            _operation(name, method, path, operation)
    result["tags"] = [{"name": label, "description": text} for key, (label, text) in TAGS.items() if key in used]
    return result
