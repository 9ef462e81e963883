"""What all objects share: types, koids, names, signals at creation. Spec 01, 3, 6 and 9."""

from collections.abc import Callable

import pytest

from zxdbg.kernel import Kernel
from zxdbg.kernel.object import KernelObject, ObjectType, Resource, clean_name
from zxdbg.kernel.task import Job, Process, Thread
from zxdbg.kernel.vmar import VmAddressRegion
from zxdbg.kernel.vmo import VmObject

TYPES = {
    "NONE": 0,
    "PROCESS": 1,
    "THREAD": 2,
    "VMO": 3,
    "CHANNEL": 4,
    "EVENT": 5,
    "PORT": 6,
    "INTERRUPT": 9,
    "PCI_DEVICE": 11,
    "LOG": 12,
    "SOCKET": 14,
    "RESOURCE": 15,
    "EVENTPAIR": 16,
    "JOB": 17,
    "VMAR": 18,
    "FIFO": 19,
    "GUEST": 20,
    "VCPU": 21,
    "TIMER": 22,
    "IOMMU": 23,
    "BTI": 24,
    "PROFILE": 25,
    "PMT": 26,
    "SUSPEND_TOKEN": 27,
    "LAST": 28,
}


@pytest.mark.parametrize("kind", ObjectType)
def test_a_type_of_object_has_zircons_number(kind: ObjectType) -> None:
    assert kind.value == TYPES[kind.name]


@pytest.mark.parametrize(
    ("cls", "kind", "nameable"),
    [
        (Process, ObjectType.PROCESS, True),
        (Thread, ObjectType.THREAD, True),
        (Job, ObjectType.JOB, True),
        (VmObject, ObjectType.VMO, True),
        (Resource, ObjectType.RESOURCE, True),
        (VmAddressRegion, ObjectType.VMAR, False),
    ],
)
def test_a_class_knows_its_type_and_whether_its_objects_can_be_named(
    cls: type[KernelObject], kind: ObjectType, nameable: bool
) -> None:
    assert (cls.type, cls.nameable) == (kind, nameable)


@pytest.mark.parametrize(
    ("kind", "noun"),
    [
        (ObjectType.PROCESS, "process"),
        (ObjectType.THREAD, "thread"),
        (ObjectType.JOB, "job"),
        (ObjectType.VMO, "VMO"),
        (ObjectType.VMAR, "VMAR"),
        (ObjectType.RESOURCE, "resource"),
    ],
)
def test_a_type_has_a_word_for_sentences(kind: ObjectType, noun: str) -> None:
    assert kind.noun == noun


def test_koids_start_at_1024_and_count_up_by_one() -> None:
    kernel = Kernel()
    assert kernel.root_job.koid == 1024
    before = kernel.next_koid()
    made = [KernelObject(kernel) for _ in range(5)]
    assert [thing.koid - before for thing in made] == [1, 2, 3, 4, 5]


def test_the_koid_of_an_object_that_is_gone_is_not_given_again(
    kernel: Kernel, new_vmo: Callable[[int], VmObject], close_all: Callable[[object], None]
) -> None:
    gone = new_vmo(4096)
    close_all(gone)
    assert new_vmo(4096).koid == gone.koid + 1


def test_a_new_object_has_no_handles_no_name_and_no_signals(kernel: Kernel) -> None:
    thing = KernelObject(kernel)
    assert (thing.handles, thing.name, thing.signals) == (0, "", 0)
    assert thing.kernel is kernel


def test_each_kind_of_object_starts_with_the_signals_of_spec_01(
    kernel: Kernel, process: Process
) -> None:
    job = Job(kernel, kernel.job, 30)
    starting = {
        "process": Process(kernel, job, "p").signals,
        "thread": Thread(kernel, process, "t").signals,
        "job": job.signals,
        "vmo": VmObject(kernel, 0).signals,
        "vmar": process.aspace.root.signals,
    }
    assert starting == {"process": 0, "thread": 0, "job": 0x18, "vmo": 0x8, "vmar": 0}


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        (b"", ""),
        (b"heap", "heap"),
        (b"\0heap", ""),
        (b"he\0ap", "he"),
        (b"a" * 31, "a" * 31),
        (b"a" * 32, "a" * 31),
        (b"a" * 40, "a" * 31),
        (b"a" * 31 + b"\0", "a" * 31),
        (b"a" * 30 + b"\0b", "a" * 30),
        ("né".encode(), "né"),
        (b"\xff", "\udcff"),
    ],
)
def test_a_name_is_cut_at_31_bytes_and_at_the_first_nul(raw: bytes, name: str) -> None:
    assert clean_name(raw) == name


def test_an_object_shows_what_it_is(kernel: Kernel) -> None:
    assert repr(kernel.root_resource) == f"<Resource {kernel.root_resource.koid} 'root'>"
