from uringcheck import Model, action, var

exec(
    '''
class Broken(Model):
    """A model whose source is nowhere."""

    n: int = var(0, 3)

    @action
    def go(self) -> None:
        """A step."""
        self.n = 0
''',
    globals(),
)
