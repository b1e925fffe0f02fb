"""Projects of residents, from the idea by 四议两公开 to the final account."""
