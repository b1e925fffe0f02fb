"""The demo city: history made through the real services on a travelled clock, everything marked 演示数据."""
