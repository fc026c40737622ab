"""Acceptance statements of the SSP7 workflow service, sent by a strict client."""

import pytest

from tests.kit.workflow import ACKNOWLEDGE, FETCHER, SOUTHSEA, running_workflow


@pytest.fixture(scope="module")
def workflow(databases):
    with running_workflow(databases) as running:
        yield running


@pytest.fixture(params=["1.1", "1.2"])
def version(request):
    return request.param


def test_ssp7_workflow_a32_the_acknowledgement_sets_the_reference(workflow, version):
    task = workflow.task()
    reference = f"NW-{task}"
    done = workflow.acknowledge(task, reference, version=version)
    assert (done.Success, done.Code, done.Duplicate) == (True, "OK", False)
    assert (done.TaskId, done.ExternalReference) == (task, reference)
    assert done.TaskStatus == "InProgressExternal"
    assert done.Message == f"external reference of task {task} stored"
    assert workflow.read(task, version=version).ExternalReference == reference


def test_ssp7_workflow_a14_the_acknowledgement_makes_its_event(workflow):
    task = workflow.task()
    done = workflow.acknowledge(task, f"NW-{task}")
    event = workflow.events(task)[-1]
    assert (event.code, event.type, event.direction) == ("E9", "Acknowledged", "In")
    assert event.app == "Ticketing.TaskExternalAcknowledgement"
    assert (event.partner, event.origin, event.guid) == ("NORTHWIND", "NORTHWIND", done.EventId)
    assert event.fields["Task_ExternalReference"] == f"NW-{task}"
    assert event.fields["Task_Status"] == "InProgressExternal"
    assert workflow.deliveries(task) == [("assign", 3, "E1")]  # E9 starts no process
