"""The letters that residents get, in their language: a code, and what happened to what they follow."""

from collections.abc import Callable, Sequence

from api.trail_words import words_of
from api.web.languages import address
from api.web.words import gettext_for
from application.residents.following import Notice


def code_letter(language: str, code: str) -> tuple[str, str]:
    """Subject and text."""
    gettext = gettext_for(language).gettext
    return (
        gettext("Your sign-in code"),
        gettext("Your code: %(code)s") % {"code": code}
        + "\n\n"
        + gettext("It is good for ten minutes. If you did not ask for it, you need do nothing.")
        + "\n",
    )


def notices_letter(site_url: str) -> Callable[[str, Sequence[Notice]], tuple[str, str]]:
    """Writes of notices; each with its address, where the deployment has one."""

    def write(language: str, notices: Sequence[Notice]) -> tuple[str, str]:
        gettext = gettext_for(language).gettext
        told = "\n\n".join(f"{said(language, each)}\n{site_url}{page_of(language, each)}" for each in notices)
        ending = gettext(
            "You get this letter because you follow these proposals; you can change that on your page."
        )
        return gettext("News of the proposals you follow"), f"{told}\n\n{ending}\n{site_url}/{language}/my\n"

    return write


def said(language: str, notice: Notice) -> str:
    """What happened, in words."""
    words: str = getattr(words_of(notice.topic, notice.state), language)
    return words


def page_of(language: str, notice: Notice) -> str:
    """Where it is shown: the proposal's page, or its round's; a merging's, where its author may answer."""
    if notice.merging_id is not None:
        return address(language, f"/my/mergings/{notice.merging_id}")
    path = f"/proposals/{notice.proposal_id}" if notice.proposal_id else f"/rounds/{notice.round_id}"
    return address(language, path)
