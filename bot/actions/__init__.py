"""What the assistant can do: rasa-sdk actions, thin, calling the rooms below."""

from __future__ import annotations

from rasa_sdk import Action
from rasa_sdk.executor import ActionExecutor

from bot.actions import (
    crisis,
    data,
    event_dates,
    events,
    feedback,
    languages,
    learning,
    menu,
    near,
    not_yet,
    office_words,
    offices,
    pages,
    places,
    recognition,
    referral,
    sharing,
    small_talk,
    welcome,
)
from bot.actions.kit import Kit

_ALL = (
    welcome.AskLanguage, welcome.AskAgreement, welcome.ReadNotice, welcome.ValidateWelcome, welcome.Remember,
    welcome.Welcomed, places.AskPlace, places.AskNewPlace, places.ValidatePlace, places.PlaceChanged, places.SetPlace,
    languages.ChooseLanguage, languages.SetLanguage, languages.OfferLanguage,
    menu.Menu, menu.Greet, menu.Help, menu.OpenArea, menu.StaleButton, menu.TooLong, menu.NotText,
    small_talk.Thanks, small_talk.Goodbye, small_talk.Who, small_talk.Stop, small_talk.Affirm, small_talk.Deny,
    small_talk.OutOfScope, small_talk.OnlyInPrivate,
    pages.Answer, pages.OpenPage, pages.Begin, pages.More, pages.DidYouMean, feedback.FeedbackGood,
    feedback.FeedbackBad, sharing.SharePage, referral.WhoHelps,
    offices.Human, offices.FindOffice, near.NearMe, not_yet.NotYetAppointments, not_yet.NotYetPlan,
    events.FindEvent, events.OpenEvent, event_dates.EventFile, event_dates.RemindEvent, event_dates.ForgetReminder,
    office_words.AskWord, office_words.ValidateWord, office_words.ExplainWord,
    recognition.AskField, recognition.AskProfession, recognition.ValidateRecognition, recognition.ShowRecognition,
    learning.Learn, learning.KeepQuestion, learning.StopLearning,
    data.MyData, data.DeleteData, crisis.Crisis, crisis.AskDanger, crisis.NoDanger,
)  # fmt: skip


NAMES = frozenset(make.called for make in _ALL)
"""What domain.yml may name as action."""


def all_actions(kit: Kit) -> list[Action]:
    """Return every action, ready to be registered."""
    return [make(kit) for make in _ALL]


def executor(kit: Kit) -> ActionExecutor:
    """Return an executor with every action, for this process or for `lotse actions`."""
    registered = ActionExecutor()
    for action in all_actions(kit):
        registered.register_action(action)
    return registered
