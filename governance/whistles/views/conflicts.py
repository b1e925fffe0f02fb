"""When somebody was faster: the page says what happened since, and the form stands on the newest version."""

from governance.kernel.errors import StaleVersion


class NewestVersion:
    """For form pages about one object: ``changed`` lists what was done since the form was opened.

    Nothing typed is lost; the next press counts for the version that the page now shows.
    """

    changed: list[str] = []

    def once(self, key: str, effect) -> str:
        """Run the service; remember what a stale form missed."""
        try:
            return super().once(key, effect)
        except StaleVersion as error:
            self.changed = error.changed
            raise

    def show(self, form, status: int = 200):
        """After a conflict fetch the object anew and put its version into the form."""
        if status == 409 and self.object is not None:
            self.object = self.get_object()
            form.data = form.data.copy()
            form.data["version"] = self.object.version
        return super().show(form, status)

    def extra_context(self) -> dict:
        """What happened since."""
        return super().extra_context() | {"changed": self.changed}
