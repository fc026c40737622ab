"""What the desk says to the gateway by itself: the four real calls of the workflow service."""

import threading
from typing import Any

import requests  # noqa: TID251 - what zeep's transport is made of
import zeep
from zeep.transports import Transport

from tests.kit.simulator.desk import Incident

PATH = "/Workflow/WebService/WorkflowService.asmx"
_TASK = "ProcessInstanceTaskExternal"


class NoProof(ValueError):
    """There is neither a login nor a hash that came with the incident."""

    def __str__(self) -> str:
        return (
            "no hash came with the incident: set ssp7_workflow.hash_keys at the gateway, or start "
            "with --user"
        )


class Callbacks:
    """Calls a gateway; without a login the hash of the task proves the desk."""

    def __init__(self, url: str, login: tuple[str, str] | None = None) -> None:
        self._url = url.rstrip("/")
        self._login = login
        self._client: Any = None
        self._said = 0
        self._lock = threading.Lock()

    def acknowledge(self, incident: Incident) -> Any:
        """Tell the number of an incident."""
        return self._call(
            f"{_TASK}Acknowledgement",
            incident,
            p_intTaskId=incident.task,
            p_strExternalReference=incident.number,
            p_dtAcknowledged=zeep.xsd.Nil,
        )

    def update(self, incident: Incident, text: str = "We are on our way.") -> Any:
        """Write an update text."""
        return self._call(
            f"{_TASK}UpdateMessage",
            incident,
            p_intTaskId=incident.task,
            p_strExternalReference=incident.number,
            p_strMessage=text,
            p_dtMessage=zeep.xsd.Nil,
            p_blnVisibleToRequester=True,
            p_strExternalMessageId=self._message_id(incident),
        )

    def ready(self, incident: Incident, text: str = "Power supply replaced.") -> Any:
        """Report an incident ready."""
        return self._reassign(incident, text, closed=False)

    def close(self, incident: Incident, text: str = "Power supply replaced.") -> Any:
        """Close an incident."""
        return self._reassign(incident, text, closed=True)

    def reject(self, incident: Incident, text: str = "Not ours.") -> Any:
        """Give an incident back undone."""
        return self._reassign(incident, text, closed=False, p_strSolutionCode="rejected")

    def _reassign(self, incident: Incident, text: str, *, closed: bool, **more: Any) -> Any:
        return self._call(
            f"{_TASK}Reassignment",
            incident,
            p_intTaskId=incident.task,
            p_strExternalReference=incident.number,
            p_strSolution=text,
            p_blnClosed=closed,
            p_strExternalMessageId=self._message_id(incident),
            **more,
        )

    def _call(self, operation: str, incident: Incident, **arguments: Any) -> Any:
        if not (self._login or incident.hash):
            raise NoProof
        given = arguments if self._login else {**arguments, "p_strHashCheck": incident.hash}
        with self._lock:  # one session is for one thread at a time
            if self._client is None:
                self._client = self._made()
            return getattr(self._client.service, operation)(**given)

    def _made(self) -> Any:
        session = requests.Session()
        session.trust_env = False
        session.auth = self._login
        return zeep.Client(
            f"{self._url}{PATH}?wsdl",
            transport=Transport(session=session, timeout=30, operation_timeout=30),
            settings=zeep.Settings(strict=True, forbid_dtd=True),
            service_name="WorkflowService",
            port_name="WorkflowServiceSoap",
        )

    def _message_id(self, incident: Incident) -> str:
        with self._lock:
            self._said += 1
            return f"{incident.number}/{self._said}"
