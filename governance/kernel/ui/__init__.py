"""The face of the portal: choices with a colour and an icon, forms, lists, pages, exports, the menu.

It knows no business; slices subclass its pages and fill its components (docs/components.md).
"""
