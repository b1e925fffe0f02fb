"""Who may read and change accounts and appointments: the three administrators, each his part (domain-rules 15.2)."""

from governance.kernel.permission import Permission, anywhere, register

from .roles import THREE_ADMINS, Role

READ, MANAGE = "account.read", "account.manage"

register(
    Permission(READ, "查看用户与任职", {role: anywhere for role in THREE_ADMINS}),
    Permission(MANAGE, "管理用户与任职", {Role.SECURITY_ADMIN: anywhere}),
)
