"""The words of the service and operation pages, in English and German."""

from collections.abc import Mapping

DEFAULT_LANGUAGE = "en"

TEXTS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "services": "Services",
        "console": "Console",
        "health": "Health",
        "metrics": "metrics",
        "title": "{service} web service",
        "offers": "These operations can be called over SOAP 1.1 and SOAP 1.2. For the formal"
        " definition see the",
        "service_description": "service description",
        "only_11": "with SOAP 1.1 alone",
        "schema": "schema",
        "address": "Address",
        "namespace": "Namespace",
        "files": "Files",
        "operations": "Operations",
        "other": "Other",
        "superseded": "superseded by {name}",
        "back": "All operations of {service}",
        "supersedes": "Supersedes",
        "superseded_by": "Superseded by",
        "on_this_page": "On this page",
        "test": "Test",
        "no_test": "The test form is not available here. Use one of the ready calls below or a"
        " SOAP client.",
        "no_test_lists": "The test form is not available for operations with lists or objects as"
        " parameters.",
        "parameter": "Parameter",
        "value": "Value",
        "invoke": "Invoke",
        "ready": "Ready calls",
        "ready_text": "Filled with values that a gateway with the demo data accepts; USER is an"
        " account of yours.",
        "filled": "Filled request",
        "header_text": "Optional SOAP header:",
        "sample_text": "A sample request and its answer. Replace the marked placeholders with"
        " values.",
        "request": "Request",
        "answer": "Answer",
        "parameters": "Parameters",
        "answer_fields": "Fields of the answer",
        "no_parameters": "This operation has no parameters: the element is empty.",
        "no_fields": "The answer has no fields.",
        "name": "Name",
        "type": "Type",
        "required": "Required",
        "meaning": "Meaning and limits",
        "origin": "Origin",
        "yes": "yes",
        "no": "no",
        "list": "list",
        "codes": "Result and fault codes",
        "code": "Code",
        "when": "When",
        "remedy": "Remedy",
        "changes": "Differences to {name}",
        "no_changes": "Both take and give the same fields.",
        "part": "Part",
        "field": "Field",
        "change": "Change",
        "added": "added",
        "removed": "removed",
        "now_required": "now required",
        "no_longer_required": "no longer required",
        "became": "{old} became {new}",
        "missing": "There is no operation {name} in this service.",
        "nearest": "Nearest names:",
        "missing_document": "There is no such document.",
        "unrecognised": "The request format is not recognised for this address.",
    },
    "de": {
        "services": "Dienste",
        "console": "Konsole",
        "health": "Zustand",
        "metrics": "Messwerte",
        "title": "Webdienst {service}",
        "offers": "Diese Operationen können über SOAP 1.1 und SOAP 1.2 aufgerufen werden. Die"
        " formale Definition ist die",
        "service_description": "Dienstbeschreibung",
        "only_11": "nur mit SOAP 1.1",
        "schema": "Schema",
        "address": "Adresse",
        "namespace": "Namensraum",
        "files": "Dateien",
        "operations": "Operationen",
        "other": "Weitere",
        "superseded": "abgelöst durch {name}",
        "back": "Alle Operationen von {service}",
        "supersedes": "Löst ab:",
        "superseded_by": "Abgelöst durch",
        "on_this_page": "Auf dieser Seite",
        "test": "Test",
        "no_test": "Das Testformular ist hier nicht verfügbar. Nehmen Sie einen der fertigen"
        " Aufrufe unten oder einen SOAP-Client.",
        "no_test_lists": "Für Operationen mit Listen oder Objekten als Parametern gibt es kein"
        " Testformular.",
        "parameter": "Parameter",
        "value": "Wert",
        "invoke": "Aufrufen",
        "ready": "Fertige Aufrufe",
        "ready_text": "Gefüllt mit Werten, die ein Gateway mit den Demodaten annimmt; USER ist"
        " eines Ihrer Konten.",
        "filled": "Gefüllte Anfrage",
        "header_text": "Wahlfreier SOAP-Header:",
        "sample_text": "Eine Beispielanfrage und ihre Antwort. Ersetzen Sie die markierten"
        " Platzhalter durch Werte.",
        "request": "Anfrage",
        "answer": "Antwort",
        "parameters": "Parameter",
        "answer_fields": "Felder der Antwort",
        "no_parameters": "Diese Operation hat keine Parameter: das Element ist leer.",
        "no_fields": "Die Antwort hat keine Felder.",
        "name": "Name",
        "type": "Typ",
        "required": "Pflicht",
        "meaning": "Bedeutung und Grenzen",
        "origin": "Herkunft",
        "yes": "ja",
        "no": "nein",
        "list": "Liste",
        "codes": "Ergebnis- und Fehlercodes",
        "code": "Code",
        "when": "Wann",
        "remedy": "Abhilfe",
        "changes": "Unterschiede zu {name}",
        "no_changes": "Beide nehmen und geben dieselben Felder.",
        "part": "Teil",
        "field": "Feld",
        "change": "Änderung",
        "added": "neu",
        "removed": "entfallen",
        "now_required": "jetzt Pflicht",
        "no_longer_required": "nicht mehr Pflicht",
        "became": "aus {old} wurde {new}",
        "missing": "In diesem Dienst gibt es keine Operation {name}.",
        "nearest": "Ähnliche Namen:",
        "missing_document": "Dieses Dokument gibt es nicht.",
        "unrecognised": "Das Format der Anfrage wird an dieser Adresse nicht erkannt.",
    },
}


def language(accepted: str, default: str = DEFAULT_LANGUAGE) -> str:
    """Choose the language of a page from an Accept-Language header."""
    best, best_weight = default, 0.0
    for offer in accepted.split(","):
        tag, _, weight = offer.strip().partition(";q=")
        primary = tag.partition("-")[0].lower()
        if primary in TEXTS and _weight(weight) > best_weight:
            best, best_weight = primary, _weight(weight)
    return best


def _weight(text: str) -> float:
    try:
        return float(text) if text else 1.0
    except ValueError:
        return 0.0
