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
    "as_csv": _both("This list as CSV", "Diese Liste als CSV"),
    "next_page": _both("Next page", "Nächste Seite"),
    "first_page": _both("First page", "Erste Seite"),
    "shown": _both("shown", "angezeigt"),
    "more_follow": _both("more follow", "weitere folgen"),
    "without_filters": _both("Without filters", "Ohne Filter"),
    "yes": _both("yes", "ja"),
    "no": _both("no", "nein"),
    "nobody": _both("nobody", "niemand"),
    "none": _both("none", "keiner"),
    "save": _both("Save", "Speichern"),
    "show": _both("Show", "Anzeigen"),
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
    "messages": _both("Messages", "Nachrichten"),
    "audit": _both("Audit", "Audit"),
    # mailboxes
    "every": _both("every", "alle"),
    "no_refused": _both("No mail was refused.", "Es wurde keine Mail abgelehnt."),
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
        "No mailbox yet: each is a table [[mailbox]] of the settings file.",
        "Noch kein Postfach: Jedes ist eine Tabelle [[mailbox]] der Einstellungsdatei.",
    ),
    "refused_mails": _both("Refused mails", "Abgelehnte Mails"),
    "refused_hint": _both(
        "Newest first. Put the cause right and move the mail back to the inbox: it is judged anew.",
        "Neueste zuerst. Ursache beheben und die Mail in den Posteingang zurücklegen: Sie wird neu"
        " beurteilt.",
    ),
    "m_AMBIGUOUS": _both(
        "it names two different numbers in one place",
        "sie nennt an einer Stelle zwei verschiedene Nummern",
    ),
    "m_SENDER_NOT_ALLOWED": _both(
        "the sender may not change the task, and there is no good hash",
        "der Absender darf die Aufgabe nicht ändern, und es gibt keinen gültigen Hash",
    ),
    "m_NO_TARGET": _both(
        "it names nothing known, and new_tickets is off",
        "sie nennt nichts Bekanntes, und new_tickets ist aus",
    ),
    "m_TICKET_CLOSED": _both("the ticket is closed", "das Ticket ist geschlossen"),
    "m_TASK_CLOSED": _both("the task is closed", "die Aufgabe ist geschlossen"),
    "m_MAIL_TOO_LARGE": _both("above max_mail_bytes", "über max_mail_bytes"),
    "m_ATTACHMENT_TOO_LARGE": _both("its files are too large", "ihre Dateien sind zu groß"),
    "m_MAIL_UNREADABLE": _both(
        "more parts, lines or headers than any proper mail has",
        "mehr Teile, Zeilen oder Kopfzeilen als jede ordentliche Mail",
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
    "c_inactive": _both("not active", "nicht aktiv"),
    "paused_at": _both("Paused", "Angehalten"),
    "paused_itself": _both(
        "Paused by itself, since there was nothing but failure for days.",
        "Von selbst angehalten, weil tagelang nichts gelang.",
    ),
    "failing_since": _both("It has not answered since", "Keine Antwort seit"),
    "probe_at": _both("It is asked again at", "Nächste Anfrage um"),
    "no_worker": _both(
        "No worker runs (ticket-gateway work). Tickets and services that wait:",
        "Kein Worker läuft (ticket-gateway work). Tickets und Services, die warten:",
    ),
    "c_running": _both("running", "läuft"),
    "failed_by_reason": _both("What fails, and since when", "Was scheitert, und seit wann"),
    "no_failed": _both(
        "No delivery has failed: every partner got what it should, or it is on its way.",
        "Keine Lieferung ist gescheitert: Jeder Partner hat, was er haben soll, oder es ist"
        " unterwegs.",
    ),
    "since": _both("Since", "Seit"),
    "latest": _both("Last time", "Zuletzt"),
    "no_partners": _both(
        "No partner yet. Add one with: ticket-gateway partners add CODE",
        "Noch kein Partner. So kommt einer dazu: ticket-gateway partners add CODE",
    ),
    "last_hour": _both("Calls of the last hour", "Aufrufe der letzten Stunde"),
    "calls": _both("Calls", "Aufrufe"),
    "half_within": _both("Half within", "Die Hälfte in"),
    "most_within": _both("95 of 100 within", "95 von 100 in"),
    "no_calls": _both("Nobody called.", "Niemand hat aufgerufen."),
    "all_trouble": _both(
        "What did not go well in the last 24 hours",
        "Was in den letzten 24 Stunden nicht gut ging",
    ),
    # messages
    "message": _both("Message", "Nachricht"),
    "message_search": _both(
        "Number, or correlation id of a fault", "Nummer oder Korrelations-Id eines Fehlers"
    ),
    "every_outcome": _both("every outcome", "jeder Ausgang"),
    "o_trouble": _both("all but done", "alle außer erledigt"),
    "o_running": _both("not ended", "nicht beendet"),
    "o_ok": _both("done", "erledigt"),
    "o_refused": _both("refused", "abgelehnt"),
    "o_failed": _both("failed", "gescheitert"),
    "o_gone": _both("caller gone", "Aufrufer fort"),
    "dialect": _both("Dialect", "Dialekt"),
    "every_dialect": _both("every dialect", "jeder Dialekt"),
    "operation": _both("Operation", "Operation"),
    "account": _both("Account", "Konto"),
    "code": _both("Code", "Code"),
    "peer": _both("Caller's address", "Adresse des Aufrufers"),
    "status": _both("HTTP status", "HTTP-Status"),
    "looked_back": _both("Looked back", "Zeitraum"),
    "w_1": _both("1 hour", "1 Stunde"),
    "w_24": _both("24 hours", "24 Stunden"),
    "w_168": _both("7 days", "7 Tage"),
    "w_720": _both("30 days", "30 Tage"),
    "w_all": _both("all that is kept", "alles, was da ist"),
    "until": _both("Until", "Bis"),
    "no_messages": _both(
        "No message fits in this time.", "In diesem Zeitraum passt keine Nachricht."
    ),
    "look_everywhere": _both("Look through all that is kept", "Alles durchsuchen, was da ist"),
    "unknown": _both("not known", "nicht bekannt"),
    "stage": _both("How far it came", "Wie weit sie kam"),
    "g_received": _both("received", "empfangen"),
    "g_parsed": _both("parsed", "gelesen"),
    "g_identified": _both("identified", "zugeordnet"),
    "g_validated": _both("validated", "geprüft"),
    "g_translated": _both("translated", "übersetzt"),
    "g_done": _both("done", "erledigt"),
    "g_answered": _both("answered", "beantwortet"),
    "address": _both("Address", "Adresse"),
    "size": _both("Size", "Größe"),
    "correlation_id": _both("Correlation id", "Korrelations-Id"),
    "notes": _both("Notes", "Vermerke"),
    "never_ended": _both(
        "It was opened and not closed: it is in work, or a crash cut it off. What it changed is"
        " below; a change is whole or not there.",
        "Sie wurde begonnen und nicht beendet: Sie ist in Arbeit, oder ein Absturz hat sie"
        " abgeschnitten. Was sie geändert hat, steht unten; eine Änderung ist ganz oder gar nicht"
        " da.",
    ),
    "load_whole": _both("Show all of it", "Alles anzeigen"),
    "is_sealed": _both(
        "It could not be parsed, so nobody can tell what of it is secret: it is kept sealed for"
        " recording.sealed_days.",
        "Sie ließ sich nicht lesen, also weiß niemand, was darin geheim ist: Sie bleibt für"
        " recording.sealed_days versiegelt.",
    ),
    "not_kept": _both(
        "No text is kept: there was none, recording.mode leaves it out, or recording.body_days"
        " are over.",
        "Es ist kein Text da: Es gab keinen, recording.mode lässt ihn weg, oder"
        " recording.body_days sind um.",
    ),
    "what_it_changed": _both("What it changed", "Was sie geändert hat"),
    "changed_nothing": _both(
        "It changed nothing of the ticket.", "Sie hat am Ticket nichts geändert."
    ),
    "like_this": _both("Others like this", "Andere wie diese"),
    "last_good": _both(
        "Good calls of this operation by this account",
        "Gute Aufrufe dieser Operation durch dieses Konto",
    ),
    "same_code": _both(
        "What ended with this code in the last 7 days",
        "Was in den letzten 7 Tagen mit diesem Code endete",
    ),
    "same_peer": _both(
        "Calls from this address in the last 24 hours",
        "Aufrufe von dieser Adresse in den letzten 24 Stunden",
    ),
    # audit
    "difference_made": _both("Changes", "Änderungen"),
    "no_audit": _both("No line fits.", "Keine Zeile passt."),
    # tickets
    "no_tickets": _both(
        "No ticket yet that you may see. The first call stands in the README; examples come with:"
        " ticket-gateway demo",
        "Noch kein Ticket, das Sie sehen dürfen. Der erste Aufruf steht in der README; Beispiele"
        " kommen mit: ticket-gateway demo",
    ),
    "no_ticket_fits": _both(
        "No ticket that you may see fits.", "Kein Ticket passt, das Sie sehen dürfen."
    ),
    "search": _both("Search", "Suchen"),
    "search_hint": _both(
        "Number, id, external reference, or a part of the title",
        "Nummer, Id, externe Referenz oder ein Teil des Titels",
    ),
    "waits": _both("Waits for somebody", "Wartet auf jemanden"),
    "every_ticket": _both("every ticket", "jedes Ticket"),
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
    "no_entries": _both("Nobody has written anything yet.", "Noch hat niemand etwas geschrieben."),
    "no_events": _both(
        "No event: they come when a task is given to an Integrated Group.",
        "Kein Ereignis: Sie kommen, wenn eine Aufgabe an eine Integrierte Gruppe geht.",
    ),
    "no_deliveries": _both(
        "Nothing had to reach a partner.", "Nichts musste einen Partner erreichen."
    ),
    "failed_of_ticket": _both(
        "Deliveries of this ticket that failed:", "Gescheiterte Lieferungen dieses Tickets:"
    ),
    "messages_of_ticket": _both("Messages of this ticket", "Nachrichten zu diesem Ticket"),
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
    "no_fields": _both(
        "No field fits. Fields that are missing come with: Sync the external app fields.",
        "Kein Feld passt. Felder, die fehlen, kommen mit: Sync the external app fields.",
    ),
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
    "no_pending": _both("Nothing waits to be delivered.", "Nichts wartet auf Lieferung."),
    "no_done": _both("Nothing was delivered yet.", "Noch wurde nichts geliefert."),
    "no_dropped": _both("Nothing was discarded.", "Nichts wurde verworfen."),
    "at_failed": _both("Failed at", "Gescheitert um"),
    "at_done": _both("Done at", "Erledigt um"),
    "at_dropped": _both("Dropped at", "Fallen gelassen um"),
    "a_ok": _both("done", "erledigt"),
    "a_waiting": _both("waits for the partner", "wartet auf den Partner"),
    "a_transient": _both("failed, can be repeated", "gescheitert, wiederholbar"),
    "a_permanent": _both("failed for good", "endgültig gescheitert"),
    "a_late": _both("came too late to count", "kam zu spät, um zu zählen"),
    "a_echo": _both(
        "not sent: it came from this partner", "nicht gesendet: kam von diesem Partner"
    ),
    "in": _both("in", "in"),
    "answered_with": _both("status", "Status"),
    "no_process_log": _both(
        "The process has written nothing.", "Der Prozess hat nichts geschrieben."
    ),
    "no_delivery_fits": _both("No delivery fits.", "Keine Lieferung passt."),
    "no_attempts": _both("Not tried yet.", "Noch nicht versucht."),
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
    "ticket_id": _both("Ticket: id or number", "Ticket: Id oder Nummer"),
    "oldest_first": _both("Oldest first.", "Älteste zuerst."),
    "attempts": _both("Attempts", "Versuche"),
    "process_log": _both("Process log", "Prozessprotokoll"),
    "outcome": _both("Outcome", "Ausgang"),
    "duration": _both("Duration", "Dauer"),
    "request_sent": _both("Request", "Anfrage"),
    "answer_got": _both("Answer", "Antwort"),
    "retry": _both("Retry at this step", "Ab diesem Schritt wiederholen"),
    "retry_all": _both("Retry what failed:", "Gescheiterte wiederholen:"),
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
        "No process yet. Load one with: ticket-gateway processes load FILE",
        "Noch kein Prozess. So wird einer geladen: ticket-gateway processes load DATEI",
    ),
    # service catalog
    "catalog": _both("Service catalog", "Servicekatalog"),
    "catalog_templates": _both("Catalog templates", "Katalogvorlagen"),
    "no_services": _both(
        "No service yet. Make one below, or: ticket-gateway catalog import FILE",
        "Noch kein Service. Unten lässt sich einer anlegen, oder: ticket-gateway catalog import"
        " DATEI",
    ),
    "no_templates": _both(
        "No template yet. They come with: ticket-gateway catalog import FILE",
        "Noch keine Vorlage. Sie kommen mit: ticket-gateway catalog import DATEI",
    ),
    "no_log": _both("Nothing was logged yet.", "Noch wurde nichts protokolliert."),
    "no_votes": _both("Nobody has voted yet.", "Noch hat niemand abgestimmt."),
    "no_requests": _both("No request was made yet.", "Noch wurde kein Antrag gestellt."),
    "no_history": _both("Nothing was changed yet.", "Noch wurde nichts geändert."),
    "unique_id": _both("Unique id", "Eindeutige Kennung"),
    "template": _both("Template", "Vorlage"),
    "phase": _both("Phase", "Phase"),
    "published": _both("Published", "Veröffentlicht"),
    "new_service": _both("New service", "Neuer Service"),
    "make": _both("Make", "Anlegen"),
    "locked_by": _both("The service is locked by request", "Der Service ist gesperrt durch Antrag"),
    "unpublished_changes": _both("changed since", "seither geändert"),
    "support_groups": _both("Support groups", "Supportgruppen"),
    "support_group": _both("Support group", "Supportgruppe"),
    "fields_and_parts": _both("Fields and parts", "Felder und Bausteine"),
    "internal_name": _both("Internal name", "Interner Name"),
    "language": _both("Language", "Sprache"),
    "value": _both("Value", "Wert"),
    "relations": _both("Relations", "Beziehungen"),
    "rel_parent": _both("Part of", "Teil von"),
    "rel_child": _both("Has as part", "Hat als Teil"),
    "new_request": _both("Make a request", "Antrag stellen"),
    "comments": _both("Comments", "Bemerkungen"),
    "request_option": _both("Request option", "Antragsoption"),
    "request_options": _both("Request options", "Antragsoptionen"),
    "b_Publish": _both("Publish", "Veröffentlichen"),
    "b_Unpublish": _both("Withdraw", "Zurückziehen"),
    "b_CreateVersion": _both("New version", "Neue Version"),
    "b_Delete": _both("Delete", "Löschen"),
    "change_value": _both("Change a value", "Einen Wert ändern"),
    "people_and_groups": _both(
        "People, groups, relations, notes", "Personen, Gruppen, Beziehungen, Notizen"
    ),
    "list": _both("List", "Liste"),
    "member": _both(
        "Unique id of the person, or name of the group",
        "Eindeutige Kennung der Person oder Name der Gruppe",
    ),
    "add": _both("Add", "Hinzufügen"),
    "remove": _both("Remove", "Entfernen"),
    "child_guid": _both(
        "GUID of a service that is part of this one", "GUID eines Service, der Teil von diesem ist"
    ),
    "quality_note": _both("Quality note", "Qualitätsnotiz"),
    "publish_requests": _both("Publish requests", "Veröffentlichungsanträge"),
    "publish_request": _both("Publish request", "Veröffentlichungsantrag"),
    "old": _both("Old", "Alt"),
    "new": _both("New", "Neu"),
    "locks": _both("Locks the service", "Sperrt den Service"),
    "can_be_cancelled": _both("Can be cancelled", "Kann zurückgenommen werden"),
    "show_in_public": _both("Shown in public", "Öffentlich sichtbar"),
    "cancel_request": _both("Cancel the request", "Antrag zurücknehmen"),
    "votes": _both("Votes", "Stimmen"),
    "decision": _both("Decision", "Entscheidung"),
    "log": _both("Log", "Protokoll"),
    "level": _both("Level", "Stufe"),
    "text": _both("Text", "Text"),
    "hidden_in_public": _both("Always hidden in public", "Öffentlich immer verborgen"),
    "votes_needed": _both("Votes needed", "Nötige Stimmen"),
    "type_fixed": _both("Type is fixed once published", "Typ liegt nach der Veröffentlichung fest"),
    "option_required": _both("A request needs an option", "Ein Antrag braucht eine Option"),
    "name_rule": _both("Rule of calculated names", "Regel für berechnete Namen"),
    "data_to_send": _both("Data to send", "Zu sendende Daten"),
    "triggers": _both("Triggers", "Auslöser"),
    "phases": _both("Phases", "Phasen"),
    "parts": _both("Parts", "Bausteine"),
    "essential_in": _both("Essential in", "Nötig in"),
    "choices": _both("Options", "Auswahl"),
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
    "retried_all": _both(
        "{1} deliveries to {0} are tried again now.",
        "{1} Lieferungen an {0} werden jetzt wiederholt.",
    ),
    "discarded": _both("Delivery {0} is discarded.", "Lieferung {0} ist verworfen."),
    "paused": _both("{0} is paused.", "{0} ist angehalten."),
    "paused_already": _both("{0} was paused already.", "{0} war schon angehalten."),
    "resumed": _both(
        "{0} goes on: {1} subjects wait.", "{0} läuft weiter: {1} Gegenstände warten."
    ),
    "requested": _both("The request is made: {0}.", "Der Antrag ist gestellt: {0}."),
    "noted": _both("The note is kept.", "Die Notiz ist vermerkt."),
    "cancelled": _both("The request is cancelled.", "Der Antrag ist zurückgenommen."),
}


def said(key: str, language: str, *names: str) -> str:
    """Give what is said once; a key that is not there says nothing."""
    sentence = SAID.get(key)
    return "" if sentence is None else sentence[language].format(*names, "", "")
