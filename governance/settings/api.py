"""REST framework and its OpenAPI schema."""

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "governance.accounts.tokens.PortalTokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["governance.kernel.parsing.LimitedJSONParser"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "governance.kernel.pagination.KeysetPagination",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": [
        "governance.kernel.throttling.UserThrottle",
        "governance.kernel.throttling.AnonThrottle",
    ],
    "EXCEPTION_HANDLER": "governance.kernel.api.exception_handler",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
# Requests per account, and per address before sign-in; a page of a hundred rows each makes this plenty.
API_RATES = {"user": "600/min", "anon": "60/min"}
SPECTACULAR_SETTINGS = {
    "TITLE": "大连市基层减负平台 API",
    "DESCRIPTION": "吹哨、部门工单、评价与区划。筛选与权限和页面一致；创建类请求可带 Idempotency-Key。",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "WhistleStatusEnum": "governance.whistles.states.WhistleStatus",
        "TicketStatusEnum": "governance.whistles.states.TicketStatus",
        "TicketRoleEnum": "governance.whistles.states.TicketRole",
        "HoldReasonEnum": "governance.whistles.states.HoldReason",
        "HoldEndEnum": "governance.whistles.states.HoldEnd",
        "CardReasonEnum": "governance.whistles.states.CardReason",
        "ArriveModeEnum": "governance.whistles.states.ArriveMode",
        "OutcomeEnum": "governance.whistles.states.Outcome",
        "UnitKindEnum": "governance.territory.choices.UnitKind",
        "TradeEnum": "governance.territory.choices.Trade",
        "GridKindEnum": "governance.territory.choices.GridKind",
        "DemandStatusEnum": "communities.admission.states.DemandStatus",
        "DemandFormEnum": "communities.admission.states.ItemForm",
        "TargetStatusEnum": "communities.admission.states.TargetStatus",
        "RefusalStatusEnum": "communities.admission.states.RefusalStatus",
        "RefusalReasonEnum": "communities.admission.states.RefusalReason",
        "DivisionLevelEnum": "governance.territory.choices.Level",
        "DepartmentLevelEnum": "governance.territory.choices.DepartmentLevel",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "governance.api_schema.describe_everything",
    ],
}
