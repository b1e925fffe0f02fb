"""What tests share: the cast, and stories that bring things to a state through the real services."""
