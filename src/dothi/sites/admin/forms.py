"""What people fill in here."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dothi.core.text import format_number
from dothi.kernel.identity.house_forms import HouseForm
from dothi.sites.ui.shell import language

LARGEST_FILE = 64 * 1024 * 1024


class DiscardForm(HouseForm):
    """Why an event is given up."""

    reason = forms.CharField(label=_("Reason"), max_length=300, help_text=_("Kept in the audit log."))


class UnitSearchForm(forms.Form):
    """What to look for, and on which day it was a unit."""

    q = forms.CharField(label=_("Name or code"), required=False, max_length=100)
    on = forms.DateField(
        label=_("A unit on this day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class BoundariesForm(HouseForm):
    """A GeoJSON file with boundaries."""

    file = forms.FileField(
        label=_("GeoJSON file"),
        help_text=_("A FeatureCollection in WGS 84, a Polygon or MultiPolygon for each unit; at most 64 MB."),
        widget=forms.FileInput(attrs={"accept": ".geojson,.json,application/geo+json,application/json"}),
    )
    code_property = forms.CharField(
        label=_("Property with the code"),
        initial="code",
        max_length=60,
        help_text=_("The code of a unit of today, for example 26740."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_file(self) -> UploadedFile[Any]:
        """Refuse what would fill memory; the importer says what is wrong inside."""
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if (file.size or 0) > LARGEST_FILE:
            size = format_number((file.size or 0) / 1024 / 1024, 1, language())
            raise forms.ValidationError(
                gettext("The file has %(size)s MB; at most 64 MB are taken. Simplify it or split it.")
                % {"size": size}
            )
        return file
