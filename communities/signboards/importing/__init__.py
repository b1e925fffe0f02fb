"""摸底表: boards from a spreadsheet on the portal's own imports: preview with errors by row and column, then all or nothing."""
