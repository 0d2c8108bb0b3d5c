"""Listening to what services announce."""

from services.signals import Changed, Handler, Topic


def but_the_log(heard: list[Changed]) -> Handler:
    """Collects what is announced, but for the log's growing, which every command announces."""

    def hear(changed: Changed) -> None:
        if changed.topic is not Topic.AUDIT:
            heard.append(changed)

    return hear
