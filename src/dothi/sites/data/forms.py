"""What people fill in on the portal and in its workshop."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from dothi.centres.opendata.actions.asking import KINDS
from dothi.centres.opendata.channels.registry import channels
from dothi.kernel.identity.house_forms import HouseForm
from dothi.sites.data.words import REUSE_KINDS

_OPTIONAL_MAIL = _("Only to answer you; it is not shown.")


def _area(rows: int = 5) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "class": "input area"})


class Honest(HouseForm):
    """A form anybody may send: a field people do not see stays empty; programs that fill everything fill it."""

    website = forms.CharField(
        required=False,
        label="Website",
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )

    def clean_website(self) -> str:
        """Refuse what a person would not have written."""
        if self.cleaned_data["website"]:
            raise forms.ValidationError(_("This form was not filled in by a person."))
        return ""

    def given(self) -> dict[str, Any]:
        """The fields for the action."""
        return {name: value for name, value in self.cleaned_data.items() if name != "website"}


class RequestForm(Honest):
    """Data somebody would like to have."""

    title = forms.CharField(label=_("What data do you need?"), min_length=5, max_length=200)
    text = forms.CharField(
        label=_("Describe it"), min_length=10, max_length=5000, widget=_area(),
        help_text=_("About what, for which place and time, in which detail."),
    )  # fmt: skip
    purpose = forms.CharField(label=_("What for?"), required=False, max_length=2000, widget=_area(2))
    name = forms.CharField(label=_("Your name"), required=False, max_length=120, help_text=_("Not shown."))
    email = forms.EmailField(label=_("Your e-mail address"), required=False, help_text=_OPTIONAL_MAIL)


class ReportForm(Honest):
    """Something wrong in a dataset."""

    column = forms.ChoiceField(label=_("In which column?"), required=False)
    row = forms.CharField(
        label=_("In which row?"), required=False, max_length=300, help_text=_("Its key, or its values.")
    )
    text = forms.CharField(label=_("What is wrong?"), min_length=10, max_length=5000, widget=_area())
    name = forms.CharField(label=_("Your name"), required=False, max_length=120, help_text=_("Not shown."))
    email = forms.EmailField(label=_("Your e-mail address"), required=False, help_text=_OPTIONAL_MAIL)

    def __init__(self, *args: Any, columns: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["column"].choices = [("", _("I do not know, or several")), *columns]  # type: ignore[attr-defined]


class ReuseForm(Honest):
    """Something made with the city's data."""

    title = forms.CharField(label=_("What is it called?"), min_length=3, max_length=200)
    text = forms.CharField(label=_("What does it do?"), min_length=10, max_length=5000, widget=_area(4))
    url = forms.URLField(label=_("Where is it?"), max_length=1000, assume_scheme="https")
    kind = forms.ChoiceField(label=_("Kind"), choices=[(kind, REUSE_KINDS[kind]) for kind in KINDS])
    author = forms.CharField(label=_("By whom?"), max_length=120, help_text=_("Shown in the gallery."))
    email = forms.EmailField(label=_("Your e-mail address"), required=False, help_text=_OPTIONAL_MAIL)
    datasets = forms.MultipleChoiceField(label=_("Which datasets does it use?"), widget=forms.SelectMultiple)

    def __init__(self, *args: Any, datasets: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["datasets"].choices = datasets  # type: ignore[attr-defined]


class FollowForm(Honest):
    """Where to tell of changes."""

    via = forms.ChoiceField(label=_("How?"))
    address = forms.CharField(
        label=_("E-mail address, or address of the webhook"), max_length=1000,
        help_text=_("We write once to ask whether you agree; every letter has a link to stop."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = {"email": _("By e-mail"), "webhook": _("By webhook (signed in)")}
        ready = [(key, words.get(key, key)) for key, each in channels().items() if each.ready()]
        self.fields["via"].choices = ready  # type: ignore[attr-defined]
        self.by_mail = "email" in dict(ready)


class ReasonForm(HouseForm):
    """Why something is sent back or taken away; the public reads it."""

    reason = forms.CharField(label=_("Reason"), max_length=2000, widget=_area(3))


class SubmitForm(HouseForm):
    """A note with a submission."""

    text = forms.CharField(label=_("Note for the owner"), required=False, max_length=2000, widget=_area(2))


class AnswerForm(HouseForm):
    """An answer to a request or a report."""

    state = forms.ChoiceField(label=_("Outcome"))
    answer = forms.CharField(
        label=_("Answer"), required=False, max_length=5000, widget=_area(),
        help_text=_("Everybody reads it."),
    )  # fmt: skip
    dataset = forms.ChoiceField(label=_("Dataset that answers it"), required=False)
    mended_in = forms.IntegerField(label=_("Mended in version"), required=False, min_value=1)

    drop: ClassVar[dict[str, tuple[str, ...]]] = {"request": ("mended_in",), "report": ("dataset",)}

    def __init__(
        self,
        *args: Any,
        kind: str,
        states: list[tuple[str, str]],
        datasets: list[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        for name in self.drop[kind]:
            del self.fields[name]
        self.fields["state"].choices = states  # type: ignore[attr-defined]
        if "dataset" in self.fields:
            self.fields["dataset"].choices = [("", "–"), *datasets]  # type: ignore[attr-defined]


class HarvestForm(HouseForm):
    """Another catalogue whose descriptions to take as drafts."""

    kind = forms.ChoiceField(
        label=_("Which kind of catalogue?"),
        choices=[("ckan", "CKAN"), ("dcat", "DCAT (Turtle, RDF/XML, JSON-LD)"), ("ogc", "OGC API Features")],
    )
    url = forms.URLField(label=_("Its address"), max_length=1000, assume_scheme="https")
    label = forms.CharField(
        label=_("Whose is it?"), min_length=2, max_length=200,
        help_text=_("The source each of its datasets will name."),
    )  # fmt: skip
    beginning = forms.CharField(
        label=_("How our keys begin"), min_length=2, max_length=40,
        help_text=_("Small letters, digits and hyphens, such as hanoi."),
    )  # fmt: skip
