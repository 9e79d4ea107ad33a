"""What services are called on a button."""

from __future__ import annotations

from bot.core.i18n import N_, Words

_SERVICES = {
    "talk_to_human": N_("Talk to a person"),
    "help": N_("What I can do"),
    "choose_language": N_("Change the language"),
    "choose_place": N_("Change your place"),
    "book_appointment": N_("Appointments"),
    "reschedule_appointment": N_("Appointments"),
    "cancel_appointment": N_("Appointments"),
    "my_appointments": N_("Appointments"),
    "my_plan": N_("My integration plan"),
    "step_done": N_("My integration plan"),
    "find_office": N_("Address and hours"),
    "my_data": N_("See my data"),
    "delete_data": N_("Delete my data"),
}


def title_of_intent(intent: str, words: Words) -> str | None:
    """Return the title of a service, None for intents that make no sense as a button."""
    title = _SERVICES.get(intent)
    return words(title) if title else None
