"""The words of the console, in English and German."""

from collections.abc import Mapping

Both = Mapping[str, str]


def _both(en: str, de: str) -> Both:
    return {"en": en, "de": de}


# Names are never those of a dictionary's methods: templates would find these first.
TEXTS: Mapping[str, Both] = {
    # every page
    "console": _both("Console", "Konsole"),
    "skip": _both("To the content", "Zum Inhalt"),
    "menu": _both("Pages", "Seiten"),
    "services": _both("Services", "Dienste"),
    "logged_in_as": _both("Logged in as", "Angemeldet als"),
    "log_out": _both("Log out", "Abmelden"),
    "as_json": _both("This page as JSON", "Diese Seite als JSON"),
    "next_page": _both("Next page", "Nächste Seite"),
    "first_page": _both("First page", "Erste Seite"),
    "nothing": _both("Nothing here.", "Hier ist nichts."),
    "yes": _both("yes", "ja"),
    "no": _both("no", "nein"),
    "nobody": _both("nobody", "niemand"),
    "none": _both("none", "keiner"),
    "save": _both("Save", "Speichern"),
    "show": _both("Show", "Anzeigen"),
    "back": _both("Back", "Zurück"),
    "optional": _both("optional", "optional"),
    # problems
    "problem": _both("This did not work", "Das hat nicht geklappt"),
    "nothing_changed": _both("Nothing was changed.", "Es wurde nichts geändert."),
    "reference": _both("Reference", "Referenz"),
    "to_start": _both("To the start page", "Zur Startseite"),
    "p401": _both("Log in first", "Bitte zuerst anmelden"),
    "p403": _both("Not permitted", "Nicht erlaubt"),
    "p404": _both("Not found", "Nicht gefunden"),
    "p409": _both("Not possible in this state", "In diesem Zustand nicht möglich"),
    "p422": _both("Something does not fit", "Etwas passt nicht"),
    "p429": _both("Too many tries", "Zu viele Versuche"),
    "p503": _both("Try again later", "Bitte später noch einmal"),
    # login
    "login": _both("Log in", "Anmelden"),
    "login_text": _both(
        "With the account of an agent. Customers and partners have no console.",
        "Mit dem Konto eines Agenten. Kunden und Partner haben keine Konsole.",
    ),
    "user_name": _both("User name", "Benutzername"),
    "password": _both("Password", "Passwort"),
    # menu and titles
    "overview": _both("Overview", "Übersicht"),
    "tickets": _both("Tickets", "Tickets"),
    "groups": _both("Groups", "Gruppen"),
    "app_fields": _both("External app fields", "Felder externer Apps"),
    "ticketing": _both("Ticketing settings", "Ticketing-Einstellungen"),
    "deliveries": _both("Deliveries", "Lieferungen"),
    "processes": _both("Processes", "Prozesse"),
    "mailboxes": _both("Mailboxes", "Postfächer"),
    # mailboxes
    "mailbox": _both("Mailbox", "Postfach"),
    "server": _both("Server", "Server"),
    "addresses": _both("Addresses", "Adressen"),
    "last_read": _both("Last looked into", "Zuletzt gelesen"),
    "never": _both("never", "nie"),
    "look_now": _both("Look into it now", "Jetzt lesen"),
    "not_in_settings": _both(
        "It is not in the settings any more.", "Es steht nicht mehr in den Einstellungen."
    ),
    "mailboxes_hint": _both(
        "Mailboxes are tables [[mailbox]] of the settings file.",
        "Postfächer sind Tabellen [[mailbox]] der Einstellungsdatei.",
    ),
    "refused_mails": _both("Refused mails", "Abgelehnte Mails"),
    "refused_hint": _both(
        "Newest first. Put the cause right and move the mail back to the inbox: it is judged anew.",
        "Neueste zuerst. Ursache beheben und die Mail in den Posteingang zurücklegen: Sie wird neu"
        " beurteilt.",
    ),
    "received": _both("Received", "Empfangen"),
    "sender": _both("Sender", "Absender"),
    "mail_subject": _both("Subject", "Betreff"),
    # overview
    "open_tickets": _both("Open tickets", "Offene Tickets"),
    "unassigned": _both("without assignee", "ohne Bearbeiter"),
    "at_partners": _both("Tasks at partners", "Aufgaben bei Partnern"),
    "solutions": _both("Solutions to judge", "Lösungen zu beurteilen"),
    "partner": _both("Partner", "Partner"),
    "waiting": _both("Waiting", "Wartend"),
    "oldest": _both("Oldest", "Älteste"),
    "failed": _both("Failed", "Gescheitert"),
    "condition": _both("Condition", "Zustand"),
    "c_paused": _both("paused", "angehalten"),
    "c_open": _both("not reachable, probed", "nicht erreichbar, wird geprüft"),
    "c_running": _both("running", "läuft"),
    # tickets
    "search": _both("Search", "Suchen"),
    "search_hint": _both(
        "Number, id, external reference, or a part of the title",
        "Nummer, Id, externe Referenz oder ein Teil des Titels",
    ),
    "only_open": _both("open only", "nur offene"),
    "ticket": _both("Ticket", "Ticket"),
    "number": _both("Number", "Nummer"),
    "title": _both("Title", "Titel"),
    "state": _both("State", "Status"),
    "priority": _both("Priority", "Priorität"),
    "queue": _both("Queue", "Queue"),
    "assignee": _both("Assignee", "Bearbeiter"),
    "changed": _both("Changed", "Geändert"),
    "created": _both("Created", "Angelegt"),
    "closed": _both("Closed", "Geschlossen"),
    "by": _both("by", "von"),
    "type": _both("Type", "Typ"),
    "category": _both("Category", "Kategorie"),
    "service": _both("Service", "Service"),
    "sla": _both("SLA", "SLA"),
    "impact": _both("Impact", "Auswirkung"),
    "resolution": _both("Resolution", "Lösungsart"),
    "responsible": _both("Responsible", "Verantwortlich"),
    "customer": _both("Customer", "Kunde"),
    "requester": _both("Requester", "Anfragender"),
    "keywords": _both("Keywords", "Stichwörter"),
    "pending_until": _both("Pending until", "Wartet bis"),
    "version": _both("Version", "Version"),
    "description": _both("Description", "Beschreibung"),
    "fields": _both("Fields", "Felder"),
    "references": _both("External references", "Externe Referenzen"),
    "r_live": _both("in force", "gültig"),
    "r_released": _both("released", "freigegeben"),
    "r_contested": _both("contested", "strittig"),
    "merged_into": _both("This ticket was merged into", "Dieses Ticket ging auf in"),
    # tasks
    "tasks": _both("Tasks", "Aufgaben"),
    "task": _both("Task", "Aufgabe"),
    "main_task": _both("main task", "Hauptaufgabe"),
    "group": _both("Group", "Gruppe"),
    "person": _both("Person", "Person"),
    "acknowledged": _both("Confirmed by the partner", "Vom Partner bestätigt"),
    "solution": _both("Solution", "Lösung"),
    "solution_code": _both("Solution code", "Lösungscode"),
    "closed_by_partner": _both("Closed by the partner", "Vom Partner geschlossen"),
    "k_Open": _both("Open", "Offen"),
    "k_Assigned": _both("Assigned", "Zugewiesen"),
    "k_SentToExternal": _both("Sent to the partner", "An den Partner gesendet"),
    "k_InProgressExternal": _both("In progress at the partner", "Beim Partner in Arbeit"),
    "k_SolutionProposed": _both("Solution proposed", "Lösung vorgeschlagen"),
    "k_Closed": _both("Closed", "Geschlossen"),
    "assign": _both("Assign", "Zuweisen"),
    "assign_to": _both("Assign to", "Zuweisen an"),
    "people": _both("People", "Personen"),
    "leads_to": _both("leads to", "führt zu"),
    "update_text": _both("Update text", "Aktualisierungstext"),
    "update_text_hint": _both(
        "A partner who works on the task is told.",
        "Ein Partner, der an der Aufgabe arbeitet, erfährt davon.",
    ),
    "visible": _both("The requester may see it", "Der Anfragende darf es sehen"),
    "enter_text": _both("Enter text", "Text eintragen"),
    "accept_solution": _both("Accept solution", "Lösung annehmen"),
    "decline_solution": _both("Decline solution", "Lösung ablehnen"),
    "close_ticket": _both("Close", "Schließen"),
    "comment": _both("Comment", "Kommentar"),
    "minutes": _both("Working time in minutes", "Arbeitszeit in Minuten"),
    "reopen_ticket": _both("Reopen", "Wieder öffnen"),
    # what hangs on a ticket
    "entries": _both("Entries", "Einträge"),
    "e_article": _both("Comment", "Kommentar"),
    "e_update": _both("Update text", "Aktualisierungstext"),
    "e_solution": _both("Solution", "Lösung"),
    "e_log": _both("Log line", "Protokollzeile"),
    "d_In": _both("from the partner", "vom Partner"),
    "d_Out": _both("to the partner", "an den Partner"),
    "seen_by_requester": _both("visible to the requester", "für den Anfragenden sichtbar"),
    "files": _both("Files", "Dateien"),
    "history": _both("History", "Verlauf"),
    "when": _both("When", "Wann"),
    "who": _both("Who", "Wer"),
    "through": _both("Through", "Durch"),
    "what": _both("What", "Was"),
    "before": _both("Before", "Vorher"),
    "after": _both("After", "Nachher"),
    "events": _both("Events", "Ereignisse"),
    "event": _both("Event", "Ereignis"),
    "request_type": _both("Request type", "Anfrageart"),
    "direction": _both("Direction", "Richtung"),
    "app": _both("App", "App"),
    # groups
    "name": _both("Name", "Name"),
    "email": _both("E-mail", "E-Mail"),
    "general_settings": _both("General settings", "Allgemeine Einstellungen"),
    "integrated_group": _both("Integrated Group", "Integrierte Gruppe"),
    "marker": _both(
        "Task assigned to this group triggers integration",
        "Task assigned to this group triggers integration (Zuweisung löst die Integration aus)",
    ),
    "assignment_process": _both("New assignment process", "New assignment process (Zuweisung)"),
    "update_process": _both("Update message process", "Update message process (Aktualisierung)"),
    "closure_process": _both("Closure process", "Closure process (Abschluss)"),
    "return_group": _both("Group for tasks that come back", "Gruppe für zurückkehrende Aufgaben"),
    "resend_unacknowledged": _both(
        "Send again when assigned again without an external reference",
        "Bei erneuter Zuweisung ohne externe Referenz noch einmal senden",
    ),
    "forward_entries": _both(
        "Entries of other services that the partner is told",
        "Einträge anderer Dienste, die der Partner erfährt",
    ),
    "f_none": _both("none", "keine"),
    "f_visible": _both("those the requester may see", "die der Anfragende sehen darf"),
    "f_all": _both("all", "alle"),
    "allowed_senders": _both("Allowed senders of e-mail", "Erlaubte Absender von E-Mail"),
    "allowed_senders_hint": _both(
        "Addresses and @domains between commas; empty: nobody",
        "Adressen und @Domänen zwischen Kommas; leer: niemand",
    ),
    "slot_empty": _both(
        "none: the event is recorded, nothing starts",
        "keiner: das Ereignis wird festgehalten, nichts beginnt",
    ),
    "without_version": _both("no active version", "keine aktive Version"),
    "marker_removed": _both(
        "Without the marker the tasks stay where they are, and the partner is told nothing more."
        " Tasks at the partner now:",
        "Ohne die Marke bleiben die Aufgaben, wo sie sind, und der Partner erfährt nichts mehr."
        " Aufgaben beim Partner:",
    ),
    "marker_confirm": _both("Remove the marker all the same", "Die Marke trotzdem entfernen"),
    # app fields and ticketing settings
    "look_up": _both("Lookup of External App Field", "Lookup of External App Field (Nachschlagen)"),
    "look_up_text": _both(
        "Every placeholder can be used in the steps of a process. The fields of the ticketing apps"
        " are interchangeable: the app in a placeholder must exist, the value is that of the"
        " event.",
        "Jeder Platzhalter kann in den Schritten eines Prozesses stehen. Die Felder der"
        " Ticketing-Apps sind austauschbar: Die App im Platzhalter muss es geben, der Wert ist der"
        " des Ereignisses.",
    ),
    "field": _both("Field", "Feld"),
    "label": _both("Label", "Bezeichnung"),
    "placeholder": _both("Placeholder", "Platzhalter"),
    "every_app": _both("every app", "jede App"),
    "event_map": _both("Event map", "Ereignistabelle"),
    "event_map_text": _both(
        "What an event of a task is called, and which process of its group it starts. A change"
        " holds from the next event on.",
        "Wie ein Ereignis einer Aufgabe heißt und welchen Prozess ihrer Gruppe es startet. Eine"
        " Änderung gilt ab dem nächsten Ereignis.",
    ),
    "happening": _both("What happens", "Was geschieht"),
    "slot": _both("Starts", "Startet"),
    "s_assignment": _both("New assignment process", "New assignment process"),
    "s_update": _both("Update message process", "Update message process"),
    "s_closure": _both("Closure process", "Closure process"),
    "s_none": _both("nothing", "nichts"),
    "sync": _both("Sync the external app fields", "Sync the external app fields"),
    "sync_text": _both(
        "Adds the fields that are missing, those of dynamic fields included; removes nothing.",
        "Ergänzt die Felder, die fehlen, auch die der dynamischen Felder; entfernt nichts.",
    ),
    # deliveries
    "t_pending": _both("pending", "ausstehend"),
    "t_failed": _both("failed", "gescheitert"),
    "t_done": _both("done", "erledigt"),
    "t_dropped": _both("dropped", "fallen gelassen"),
    "delivery": _both("Delivery", "Lieferung"),
    "process": _both("Process", "Prozess"),
    "step": _both("Step", "Schritt"),
    "first_step": _both("the first", "der erste"),
    "tries": _both("Tries", "Versuche"),
    "next_try": _both("Next try", "Nächster Versuch"),
    "last_error": _both("Last error", "Letzter Fehler"),
    "note": _both("Note", "Vermerk"),
    "subject": _both("Subject", "Gegenstand"),
    "in_work": _both("being tried now", "wird gerade versucht"),
    "settled": _both("Settled", "Abgeschlossen"),
    "every_partner": _both("every partner", "jeder Partner"),
    "ticket_id": _both("Ticket id", "Ticket-Id"),
    "oldest_first": _both("Oldest first.", "Älteste zuerst."),
    "attempts": _both("Attempts", "Versuche"),
    "process_log": _both("Process log", "Prozessprotokoll"),
    "outcome": _both("Outcome", "Ausgang"),
    "duration": _both("Duration", "Dauer"),
    "request_sent": _both("Request", "Anfrage"),
    "answer_got": _both("Answer", "Antwort"),
    "retry": _both("Retry at this step", "Ab diesem Schritt wiederholen"),
    "retry_from_start": _both("Retry from start", "Von vorn wiederholen"),
    "discard": _both("Discard", "Verwerfen"),
    "discard_hint": _both(
        "It is kept as dropped; later ones about the same subject go on.",
        "Sie bleibt als fallen gelassen erhalten; spätere zum selben Gegenstand laufen weiter.",
    ),
    "reason": _both("Reason", "Grund"),
    "partners": _both("Partners", "Partner"),
    "pause": _both("Pause", "Anhalten"),
    "resume": _both("Resume", "Fortsetzen"),
    "behind": _both("behind", "hinter"),
    "is_behind": _both("It waits for delivery", "Sie wartet auf Lieferung"),
    "blocks": _both(
        "It holds up everything behind it about the same subject: repair the cause and retry, or"
        " discard it.",
        "Sie hält alles auf, was zum selben Gegenstand hinter ihr steht: Ursache beheben und"
        " wiederholen, oder verwerfen.",
    ),
    # processes
    "active_version": _both("Active version", "Aktive Version"),
    "versions": _both("Versions", "Versionen"),
    "source": _both("Source", "Quelltext"),
    "steps": _both("Steps", "Schritte"),
    "used_by": _both("Used by", "Benutzt von"),
    "difference": _both("Difference to version", "Unterschied zu Version"),
    "edit": _both("Edit", "Bearbeiten"),
    "check": _both("Check", "Prüfen"),
    "save_version": _both("Save as version", "Speichern als Version"),
    "edit_hint": _both(
        "Versions are never changed: what is saved is the next one, and active at once."
        " Deliveries that have begun keep the version they began with.",
        "Versionen werden nie geändert: Gespeichert wird die nächste, und sie gilt sofort."
        " Begonnene Lieferungen behalten ihre Version.",
    ),
    "nothing_wrong": _both("Nothing is wrong.", "Es ist nichts falsch."),
    "what_is_wrong": _both("What is wrong", "Was falsch ist"),
    "cannot_be_saved": _both(
        "As it is, it cannot be saved.", "So kann das nicht gespeichert werden."
    ),
    "line": _both("Line", "Zeile"),
    "key": _both("Key", "Schlüssel"),
    "processes_hint": _both(
        "Load one with: ticket-gateway processes load FILE",
        "So wird einer geladen: ticket-gateway processes load DATEI",
    ),
}

# What is said once after a form was taken; names stand in braces.
SAID: Mapping[str, Both] = {
    "logged_out": _both("Logged out.", "Abgemeldet."),
    "assigned": _both("The task is assigned.", "Die Aufgabe ist zugewiesen."),
    "text_entered": _both("The text is entered.", "Der Text ist eingetragen."),
    "accepted": _both("The solution is accepted.", "Die Lösung ist angenommen."),
    "declined": _both(
        "The solution is declined, the task is back at the partner.",
        "Die Lösung ist abgelehnt, die Aufgabe ist wieder beim Partner.",
    ),
    "closed": _both("Ticket {0} is closed.", "Ticket {0} ist geschlossen."),
    "reopened": _both("Ticket {0} is open again.", "Ticket {0} ist wieder offen."),
    "looked_into": _both(
        "{0} is looked into as soon as a worker is free.",
        "{0} wird gelesen, sobald ein Worker frei ist.",
    ),
    "version_saved": _both(
        "Version {1} of {0} is saved and active.", "Version {1} von {0} ist gespeichert und gilt."
    ),
    "saved": _both("Saved: {0}.", "Gespeichert: {0}."),
    "no_change": _both("Nothing was different.", "Nichts war anders."),
    "synced": _both("{0} fields were added.", "{0} Felder kamen dazu."),
    "in_sync": _both("No field was missing.", "Es fehlte kein Feld."),
    "retried": _both("Delivery {0} is tried again now.", "Lieferung {0} wird jetzt wiederholt."),
    "discarded": _both("Delivery {0} is discarded.", "Lieferung {0} ist verworfen."),
    "paused": _both("{0} is paused.", "{0} ist angehalten."),
    "paused_already": _both("{0} was paused already.", "{0} war schon angehalten."),
    "resumed": _both(
        "{0} goes on: {1} subjects wait.", "{0} läuft weiter: {1} Gegenstände warten."
    ),
}


def said(key: str, language: str, *names: str) -> str:
    """Give what is said once; a key that is not there says nothing."""
    sentence = SAID.get(key)
    return "" if sentence is None else sentence[language].format(*names, "", "")
