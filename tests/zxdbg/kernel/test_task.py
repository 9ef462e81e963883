"""Jobs, processes and threads: states, signals, return codes, how they end. Spec 03."""

from collections.abc import Callable

import pytest

from zxdbg.kernel import Kernel
from zxdbg.kernel.object import KernelObject
from zxdbg.kernel.task import (
    KILLED,
    NO_JOBS,
    NO_PROCESSES,
    TERMINATED,
    Job,
    JobState,
    Policy,
    Process,
    ProcessState,
    Thread,
    ThreadState,
)
from zxdbg.kernel.vmar import VmMapping
from zxdbg.kernel.vmo import VmObject

PAGE = 4096
RUNNING, SUSPENDED = 0x10, 0x20

CloseAll = Callable[[object], None]


def new_process(kernel: Kernel, job: Job, name: str = "p") -> Process:
    """Make a process as zx_process_create does, with one handle to it in transit."""
    process = Process(kernel, job, name)
    job.add_process(process)
    assert kernel.handles.make(process, 0) is not None
    return process


def new_job(kernel: Kernel, parent: Job, held: bool = True) -> Job:
    """Make a job as zx_job_create does, with or without a handle to it in transit."""
    job = Job(kernel, parent, parent.max_height - 1)
    parent.add_job(job)
    if held:
        assert kernel.handles.make(job, 0) is not None
    return job


def running(kernel: Kernel, job: Job, threads: int = 1) -> Process:
    process = new_process(kernel, job)
    process.start(Thread(kernel, process, "t0"))
    for index in range(1, threads):
        Thread(kernel, process, f"t{index}").run()
    return process


def info(process: Process) -> tuple[str, bool, bool, int, bool]:
    """Return state, and what ZX_INFO_PROCESS says, and whether TERMINATED is raised."""
    return (
        process.state.name,
        process.started,
        process.state in (ProcessState.DYING, ProcessState.DEAD),
        process.return_code,
        bool(process.signals & TERMINATED),
    )


def of_thread(thread: Thread) -> tuple[str, int]:
    return thread.state.name, thread.signals


def of_job(job: Job) -> tuple[str, int]:
    return job.state.name, job.signals


# Constants ------------------------------------------------------------------------


def test_signals_and_codes_have_zircons_values() -> None:
    assert (TERMINATED, NO_PROCESSES, NO_JOBS, KILLED) == (0x8, 0x8, 0x10, -1)


def test_policy_conditions_have_zircons_numbers() -> None:
    numbers = {
        "BAD_HANDLE": 0,
        "WRONG_OBJECT": 1,
        "VMAR_WX": 2,
        "NEW_ANY": 3,
        "NEW_VMO": 4,
        "NEW_CHANNEL": 5,
        "NEW_EVENT": 6,
        "NEW_EVENTPAIR": 7,
        "NEW_PORT": 8,
        "NEW_SOCKET": 9,
        "NEW_FIFO": 10,
        "NEW_TIMER": 11,
        "NEW_PROCESS": 12,
    }
    assert all(policy.value == numbers[policy.name] for policy in Policy)


def test_the_states_are_those_of_the_spec() -> None:
    assert [state.name for state in JobState] == ["READY", "KILLING", "DEAD"]
    assert [state.name for state in ProcessState] == ["INITIAL", "RUNNING", "DYING", "DEAD"]
    assert [s.name for s in ThreadState] == ["NEW", "RUNNING", "SUSPENDED", "DYING", "DEAD"]


# Processes: creation --------------------------------------------------------------


def test_a_new_process_is_initial_with_a_usable_address_space(kernel: Kernel) -> None:
    process = new_process(kernel, kernel.job, "demo")
    assert info(process) == ("INITIAL", False, False, 0, False)
    assert (process.name, process.job, process.debug_addr) == ("demo", kernel.job, 0)
    assert (process.threads, process.handle_list) == ([], [])
    assert process.aspace.root.alive


def test_a_processs_koid_is_taken_first_and_its_root_regions_second(kernel: Kernel) -> None:
    before = kernel.next_koid()
    process = Process(kernel, kernel.job, "p")
    assert (process.koid, process.aspace.root.koid) == (before + 1, before + 2)


def test_each_process_has_a_mixer_and_a_source_of_addresses_of_its_own(kernel: Kernel) -> None:
    made = [new_process(kernel, kernel.job) for _ in range(50)]
    assert len({process.mixer for process in made}) == 50
    assert len({process.aspace.root.find_spot(PAGE) for process in made}) == 50


@pytest.mark.parametrize(("action", "denied"), [(0, False), (1, True), (2, False), (3, True)])
def test_only_the_deny_bit_of_a_policy_denies(kernel: Kernel, action: int, denied: bool) -> None:
    job = new_job(kernel, kernel.job)
    job.policy[Policy.NEW_VMO.value] = action
    process = new_process(kernel, job)
    assert process.denies(Policy.NEW_VMO) is denied
    assert process.denies(Policy.NEW_PROCESS) is False


@pytest.mark.parametrize(("action", "denied"), [(4, False), (5, True)])
def test_kill_acts_by_its_deny_bit_only(kernel: Kernel, action: int, denied: bool) -> None:
    job = new_job(kernel, kernel.job)
    job.policy[Policy.NEW_EVENT.value] = action
    process = new_process(kernel, job)
    assert process.denies(Policy.NEW_EVENT) is denied
    assert info(process) == ("INITIAL", False, False, 0, False)


def test_a_process_keeps_the_policy_that_its_job_had_at_its_birth(kernel: Kernel) -> None:
    job = new_job(kernel, kernel.job)
    before = new_process(kernel, job)
    job.policy[Policy.NEW_VMO.value] = 1
    after = new_process(kernel, job)
    job.policy.clear()
    assert (before.denies(Policy.NEW_VMO), after.denies(Policy.NEW_VMO)) == (False, True)


def test_a_child_job_copies_its_parents_policy_of_that_moment(kernel: Kernel) -> None:
    parent = new_job(kernel, kernel.job)
    parent.policy[Policy.NEW_PROCESS.value] = 1
    child = new_job(kernel, parent)
    parent.policy[Policy.NEW_VMO.value] = 1
    assert child.policy == {12: 1}


# Processes: the table of section 2.6 ----------------------------------------------


def test_a_started_process_runs(kernel: Kernel) -> None:
    process = running(kernel, kernel.job)
    assert info(process) == ("RUNNING", True, False, 0, False)
    assert [of_thread(thread) for thread in process.threads] == [("RUNNING", RUNNING)]


def test_a_process_killed_before_it_ran_is_dead_at_once_and_counts_as_started(
    kernel: Kernel,
) -> None:
    process = new_process(kernel, kernel.job)
    process.kill()
    assert info(process) == ("DEAD", True, True, -1, True)
    assert kernel.dying == []


def test_a_running_process_that_is_killed_dies_when_the_kernel_reaps(kernel: Kernel) -> None:
    process = running(kernel, kernel.job, threads=3)
    process.kill()
    assert info(process) == ("DYING", True, True, -1, False)
    kernel.reap()
    assert info(process) == ("DEAD", True, True, -1, True)
    assert process.threads == []


@pytest.mark.parametrize("code", [0, 7, -5, 2**40, -(2**63)])
def test_a_process_that_exits_keeps_its_code(kernel: Kernel, code: int) -> None:
    process = running(kernel, kernel.job)
    process.kill(code)
    assert info(process) == ("DYING", True, True, code, False)
    process.kill()
    assert info(process) == ("DYING", True, True, code, False)
    kernel.reap()
    assert info(process) == ("DEAD", True, True, code, True)


def test_a_process_killed_again_or_when_dead_does_not_change(kernel: Kernel) -> None:
    process = running(kernel, kernel.job)
    process.kill()
    process.kill(3)
    assert info(process) == ("DYING", True, True, -1, False)
    kernel.reap()
    process.kill(4)
    assert info(process) == ("DEAD", True, True, -1, True)


def test_a_process_whose_last_thread_is_killed_is_dead_with_code_zero(kernel: Kernel) -> None:
    process = running(kernel, kernel.job, threads=2)
    first, last = process.threads
    first.kill()
    kernel.reap()
    assert (info(process), process.threads) == (("RUNNING", True, False, 0, False), [last])
    last.kill()
    assert info(process) == ("RUNNING", True, False, 0, False)
    kernel.reap()
    assert info(process) == ("DEAD", True, True, 0, True)


def test_a_process_killed_while_its_threads_are_dying_has_been_killed(kernel: Kernel) -> None:
    process = running(kernel, kernel.job)
    process.threads[0].kill()
    process.kill()
    kernel.reap()
    assert info(process) == ("DEAD", True, True, -1, True)


def test_an_unstarted_process_dies_with_its_last_handle(
    kernel: Kernel, close_all: CloseAll
) -> None:
    process = new_process(kernel, kernel.job)
    second = kernel.handles.make(process, 0)
    assert second is not None
    kernel.handles.destroy(second)
    assert process.state.name == "INITIAL"
    close_all(process)
    assert (process.state.name, process.return_code, process.signals) == ("DEAD", 0, TERMINATED)
    assert not process.aspace.root.alive
    assert process not in kernel.job.processes


def test_a_new_thread_does_not_keep_an_unstarted_process_alive(
    kernel: Kernel, close_all: CloseAll
) -> None:
    process = new_process(kernel, kernel.job)
    thread = Thread(kernel, process, "t")
    assert kernel.handles.make(thread, 0) is not None
    close_all(process)
    assert process.state.name == "DEAD"
    assert of_thread(thread) == ("NEW", 0)


def test_a_running_process_needs_no_handle(kernel: Kernel, close_all: CloseAll) -> None:
    process = running(kernel, kernel.job)
    close_all(process)
    assert info(process) == ("RUNNING", True, False, 0, False)
    assert process in kernel.job.processes
    assert process.aspace.root.alive


@pytest.mark.parametrize("state", ["DYING", "DEAD"])
def test_a_dying_or_dead_process_does_not_mind_its_last_handle(
    kernel: Kernel, close_all: CloseAll, state: str
) -> None:
    process = running(kernel, kernel.job)
    process.kill(5)
    if state == "DEAD":
        kernel.reap()
    close_all(process)
    assert info(process) == (state, True, True, 5, state == "DEAD")


def test_a_dying_process_is_still_fully_usable(
    kernel: Kernel, new_vmo: Callable[[int], VmObject]
) -> None:
    process = running(kernel, kernel.job)
    vmo = new_vmo(PAGE)
    root = process.aspace.root
    root.insert(VmMapping(root.base, PAGE, vmo, 0, 3, 7))
    kernel.grant(process, vmo, 0)
    process.kill()
    assert process.aspace.store(root.base, b"x") is None
    assert process.aspace.load(root.base, 1) == b"x"
    assert (root.alive, vmo.handles, len(vmo.mappings)) == (True, 2, 1)
    kernel.reap()
    assert (root.alive, vmo.handles, len(vmo.mappings)) == (False, 1, 0)


# The order of effects at death ----------------------------------------------------


def test_death_closes_handles_then_clears_memory_then_signals_then_leaves_the_job(
    kernel: Kernel,
) -> None:
    events: list[tuple[str, int, bool, bool, bool]] = []

    def note(what: str) -> None:
        events.append(
            (
                what,
                len(process.handle_list),
                process.aspace.root.children != [],
                bool(process.signals & TERMINATED),
                process in job.processes,
            )
        )

    class Held(KernelObject):
        def on_zero_handles(self) -> None:
            note("handle")

    class Mapped(VmObject):
        def release(self) -> None:
            note("mapping")
            super().release()

    class Watching(Job):
        def remove_process(self, process: Process) -> None:
            note("job")
            super().remove_process(process)
            note("left")

    job = Watching(kernel, kernel.job, 30)
    kernel.job.add_job(job)
    process = running(kernel, job)
    root = process.aspace.root
    vmo = Mapped(kernel, PAGE)
    assert kernel.handles.make(vmo, 0) is not None
    root.insert(VmMapping(root.base, PAGE, vmo, 0, 1, 7))
    root.insert(VmMapping(root.base + PAGE, PAGE, vmo, 0, 1, 7))
    for _ in range(2):
        kernel.grant(process, Held(kernel), 0)
    process.kill()
    assert events == []
    kernel.reap()
    assert events == [
        ("handle", 1, True, False, True),
        ("handle", 0, True, False, True),
        ("mapping", 0, False, False, True),
        ("mapping", 0, False, False, True),
        ("job", 0, False, True, True),
        ("left", 0, False, True, False),
    ]


def test_death_frees_the_memory_that_only_the_process_held(kernel: Kernel) -> None:
    process = running(kernel, kernel.job)
    by_handle, by_mapping = VmObject(kernel, PAGE), VmObject(kernel, PAGE)
    kernel.grant(process, by_handle, 0)
    root = process.aspace.root
    root.insert(VmMapping(root.base, PAGE, by_mapping, 0, 1, 7))
    by_handle.write(0, b"x")
    by_mapping.write(0, b"x")
    process.kill()
    assert kernel.memory.used == 2
    kernel.reap()
    assert kernel.memory.used == 0


def test_death_takes_unstarted_processes_with_it_that_only_it_held(kernel: Kernel) -> None:
    process = running(kernel, kernel.job)
    child, grandchild = (Process(kernel, kernel.job, name) for name in ("child", "grandchild"))
    for made in (child, grandchild):
        kernel.job.add_process(made)
    kernel.grant(process, child, 0)
    kernel.grant(child, grandchild, 0)
    process.kill()
    kernel.reap()
    assert [made.state.name for made in (process, child, grandchild)] == ["DEAD"] * 3
    assert kernel.job.processes == []
    assert [handle.object for handle in kernel.iter_handles()] == [process]


def test_death_survives_a_handle_to_oneself(kernel: Kernel) -> None:
    process = Process(kernel, kernel.job, "p")
    kernel.job.add_process(process)
    kernel.grant(process, process, 0)
    process.kill()
    assert info(process) == ("DEAD", True, True, -1, True)
    assert process.handles == 0


def test_a_chain_of_2000_unstarted_processes_dies_together(
    kernel: Kernel, close_all: CloseAll
) -> None:
    chain = [new_process(kernel, kernel.job)]
    for _ in range(2000):
        made = Process(kernel, kernel.job, "p")
        kernel.job.add_process(made)
        kernel.grant(chain[-1], made, 0)
        chain.append(made)
    close_all(chain[0])
    assert {made.state.name for made in chain} == {"DEAD"}


# Threads --------------------------------------------------------------------------


def test_a_new_thread_is_in_no_list_and_has_no_signals(kernel: Kernel, process: Process) -> None:
    thread = Thread(kernel, process, "worker")
    assert of_thread(thread) == ("NEW", 0)
    assert (thread.name, thread.process) == ("worker", process)
    assert thread not in process.threads


def test_threads_are_listed_in_the_order_in_which_they_started(
    kernel: Kernel, process: Process
) -> None:
    one, two = Thread(kernel, process, "one"), Thread(kernel, process, "two")
    two.run()
    one.run()
    assert [thread.name for thread in process.threads] == ["initial-thread", "two", "one"]


def test_a_new_thread_survives_a_kill_and_can_be_started_later(
    kernel: Kernel, process: Process
) -> None:
    thread = Thread(kernel, process, "t")
    thread.kill()
    kernel.reap()
    assert of_thread(thread) == ("NEW", 0)
    thread.run()
    assert of_thread(thread) == ("RUNNING", RUNNING)
    assert thread in process.threads


def test_dying_changes_no_signal_and_death_leaves_only_terminated(
    kernel: Kernel, process: Process
) -> None:
    thread = process.threads[0]
    history = [of_thread(thread)]
    thread.kill()
    history.append(of_thread(thread))
    thread.kill()
    kernel.reap()
    history.append(of_thread(thread))
    thread.kill()
    kernel.reap()
    history.append(of_thread(thread))
    assert history == [
        ("RUNNING", RUNNING),
        ("DYING", RUNNING),
        ("DEAD", TERMINATED),
        ("DEAD", TERMINATED),
    ]


def test_a_suspended_thread_can_be_killed(kernel: Kernel, process: Process) -> None:
    thread = process.threads[0]
    thread.state, thread.signals = ThreadState.SUSPENDED, SUSPENDED
    thread.kill()
    assert of_thread(thread) == ("DYING", SUSPENDED)
    kernel.reap()
    assert of_thread(thread) == ("DEAD", TERMINATED)


def test_user_signals_of_a_thread_survive_its_states(kernel: Kernel, process: Process) -> None:
    thread = Thread(kernel, process, "t")
    thread.signals = 0x0100_0000
    thread.run()
    assert thread.signals == 0x0100_0010
    thread.kill()
    kernel.reap()
    assert thread.signals == 0x0100_0008


def test_a_thread_can_be_made_in_a_dead_process(kernel: Kernel) -> None:
    process = new_process(kernel, kernel.job)
    process.kill()
    thread = Thread(kernel, process, "late")
    assert of_thread(thread) == ("NEW", 0)
    assert process.threads == []


def test_a_running_thread_needs_no_handle(kernel: Kernel, process: Process) -> None:
    thread = process.threads[0]
    handle = kernel.handles.make(thread, 0)
    assert handle is not None
    kernel.handles.destroy(handle)
    assert of_thread(thread) == ("RUNNING", RUNNING)


# Jobs -----------------------------------------------------------------------------


def test_a_new_job_is_ready_and_empty(kernel: Kernel) -> None:
    job = new_job(kernel, kernel.job)
    assert of_job(job) == ("READY", 0x18)
    assert (job.name, job.parent, job.max_height) == ("", kernel.job, 30)
    assert (job.jobs, job.processes, job.policy) == ([], [], {})


def test_children_are_listed_in_the_order_of_their_creation(kernel: Kernel) -> None:
    job = new_job(kernel, kernel.job)
    jobs = [new_job(kernel, job) for _ in range(3)]
    processes = [new_process(kernel, job) for _ in range(3)]
    assert (job.jobs, job.processes) == (jobs, processes)


def test_no_processes_is_lowered_by_the_first_process_and_raised_after_the_last(
    kernel: Kernel,
) -> None:
    job = new_job(kernel, kernel.job)
    one, two = new_process(kernel, job), running(kernel, job)
    words = [job.signals]
    one.kill()
    words.append(job.signals)
    two.kill()
    words.append(job.signals)
    kernel.reap()
    words.append(job.signals)
    assert words == [NO_JOBS, NO_JOBS, NO_JOBS, NO_JOBS | NO_PROCESSES]
    assert job.state.name == "READY"


def test_no_jobs_is_lowered_by_the_first_child_job(kernel: Kernel) -> None:
    job = new_job(kernel, kernel.job)
    new_job(kernel, job)
    assert of_job(job) == ("READY", NO_PROCESSES)


def test_a_child_job_is_gone_with_its_last_handle(kernel: Kernel, close_all: CloseAll) -> None:
    job = new_job(kernel, kernel.job)
    one, two = new_job(kernel, job), new_job(kernel, job)
    close_all(one)
    assert (job.jobs, of_job(job)) == ([two], ("READY", NO_PROCESSES))
    close_all(two)
    assert (job.jobs, of_job(job)) == ([], ("READY", NO_PROCESSES | NO_JOBS))


def test_a_job_without_handles_stays_while_it_has_a_child(
    kernel: Kernel, close_all: CloseAll
) -> None:
    job = new_job(kernel, kernel.job)
    middle = new_job(kernel, job)
    below = new_job(kernel, middle)
    close_all(middle)
    assert (job.jobs, middle.jobs) == ([middle], [below])
    close_all(below)
    assert (job.jobs, of_job(job)) == ([], ("READY", NO_PROCESSES | NO_JOBS))


def test_a_job_without_handles_goes_with_its_last_process(
    kernel: Kernel, close_all: CloseAll
) -> None:
    job = new_job(kernel, kernel.job)
    child = new_job(kernel, job)
    process = running(kernel, child)
    close_all(process)
    close_all(child)
    assert job.jobs == [child]
    process.kill()
    kernel.reap()
    assert (job.jobs, of_job(job)) == ([], ("READY", NO_PROCESSES | NO_JOBS))


def test_a_dead_process_keeps_its_job_while_a_handle_names_it(
    kernel: Kernel, close_all: CloseAll
) -> None:
    job = new_job(kernel, kernel.job)
    child = new_job(kernel, job)
    process = new_process(kernel, child)
    close_all(child)
    process.kill()
    assert (job.jobs, of_job(child)) == ([child], ("READY", NO_PROCESSES | NO_JOBS))
    close_all(process)
    assert (job.jobs, of_job(job)) == ([], ("READY", NO_PROCESSES | NO_JOBS))


def test_the_first_job_stays_without_handles(kernel: Kernel, close_all: CloseAll) -> None:
    assert kernel.handles.make(kernel.job, 0) is not None
    close_all(kernel.job)
    assert kernel.root_job.jobs == [kernel.job]


def test_an_empty_job_that_is_killed_stays_ready(kernel: Kernel) -> None:
    job = new_job(kernel, kernel.job)
    job.kill()
    assert of_job(job) == ("READY", 0x18)
    assert running(kernel, job).state.name == "RUNNING"


def test_a_killed_job_is_killing_until_its_processes_are_dead(kernel: Kernel) -> None:
    job = new_job(kernel, kernel.job)
    processes = [running(kernel, job, threads=2), new_process(kernel, job), running(kernel, job)]
    job.kill()
    assert job.state.name == "KILLING"
    assert [process.state.name for process in processes] == ["DYING", "DEAD", "DYING"]
    kernel.reap()
    assert of_job(job) == ("DEAD", 0x18)
    assert {info(process) for process in processes} == {("DEAD", True, True, -1, True)}


def test_a_job_of_unstarted_processes_is_dead_at_once(kernel: Kernel) -> None:
    job = new_job(kernel, kernel.job)
    new_process(kernel, job)
    new_process(kernel, job)
    job.kill()
    assert of_job(job) == ("DEAD", 0x18)


def test_a_killed_job_kills_child_jobs_first_and_the_youngest_of_each_first(
    kernel: Kernel,
) -> None:
    job = new_job(kernel, kernel.job)
    a = running(kernel, job)
    old, young = new_job(kernel, job), new_job(kernel, job)
    b, c = running(kernel, old), running(kernel, young)
    d, e = running(kernel, young), running(kernel, job)
    kernel.linger = True
    job.kill()
    assert [thread.process for thread in kernel.lingering] == [d, c, b, e, a]


def test_a_job_that_was_killed_is_not_changed_by_a_second_kill(kernel: Kernel) -> None:
    job = new_job(kernel, kernel.job)
    kernel.linger = True
    running(kernel, job)
    job.kill()
    job.kill()
    assert (job.state.name, len(kernel.lingering)) == ("KILLING", 1)
    kernel.settle()
    job.kill()
    assert of_job(job) == ("DEAD", 0x18)


def test_a_held_child_job_keeps_its_killed_parent_from_being_dead(
    kernel: Kernel, close_all: CloseAll
) -> None:
    job = new_job(kernel, kernel.job)
    child = new_job(kernel, job)
    running(kernel, child)
    job.kill()
    kernel.reap()
    assert of_job(child) == ("DEAD", 0x18)
    assert of_job(job) == ("KILLING", NO_PROCESSES)
    close_all(child)
    for process in list(kernel.iter_processes()):
        close_all(process)
    assert of_job(job) == ("DEAD", 0x18)


def test_a_killed_parent_is_dead_when_nobody_holds_its_child_job(
    kernel: Kernel, close_all: CloseAll
) -> None:
    job = new_job(kernel, kernel.job)
    child = new_job(kernel, job, held=False)
    process = running(kernel, child)
    close_all(process)
    job.kill()
    kernel.reap()
    assert of_job(child) == ("DEAD", 0x18)
    assert of_job(job) == ("DEAD", 0x18)


def test_a_held_empty_child_of_a_killed_job_stays_ready_and_can_be_used(kernel: Kernel) -> None:
    job = new_job(kernel, kernel.job)
    child = new_job(kernel, job)
    new_process(kernel, job)
    job.kill()
    assert of_job(job) == ("KILLING", NO_PROCESSES)
    assert of_job(child) == ("READY", 0x18)
    assert running(kernel, child).state.name == "RUNNING"
    assert of_job(child) == ("READY", NO_JOBS)


def test_a_kill_reaches_the_processes_of_a_tree_as_deep_as_the_height_allows(
    kernel: Kernel,
) -> None:
    jobs = [kernel.job]
    while jobs[-1].max_height:
        jobs.append(new_job(kernel, jobs[-1]))
    deepest = running(kernel, jobs[-1])
    assert len(jobs) == 32
    jobs[1].kill()
    kernel.reap()
    assert info(deepest) == ("DEAD", True, True, -1, True)
    assert of_job(jobs[-1]) == ("DEAD", 0x18)


def test_killing_a_job_closes_what_its_processes_held(kernel: Kernel) -> None:
    job = new_job(kernel, kernel.job)
    processes = [running(kernel, job) for _ in range(3)]
    for process in processes:
        target = VmObject(kernel, PAGE)
        target.write(0, b"x")
        kernel.grant(process, target, 0)
    assert kernel.memory.used == 3
    job.kill()
    kernel.reap()
    assert kernel.memory.used == 0
    assert [handle.object for handle in kernel.iter_handles()] == [job, *processes]
    assert [process.handle_list for process in processes] == [[], [], []]


# Lingering ------------------------------------------------------------------------


def test_lingering_threads_keep_their_process_dying_until_it_is_settled(kernel: Kernel) -> None:
    kernel.linger = True
    job = new_job(kernel, kernel.job)
    process = running(kernel, job, threads=3)
    job.kill()
    kernel.reap()
    assert info(process) == ("DYING", True, True, -1, False)
    assert [of_thread(thread) for thread in process.threads] == [("DYING", RUNNING)] * 3
    assert of_job(job) == ("KILLING", NO_JOBS)
    assert kernel.settle() == 3
    assert info(process) == ("DEAD", True, True, -1, True)
    assert of_job(job) == ("DEAD", 0x18)
    assert (kernel.lingering, kernel.dying, kernel.settle()) == ([], [], 0)


def test_threads_told_to_die_before_they_may_linger_die_when_reaped(kernel: Kernel) -> None:
    process = running(kernel, kernel.job, threads=2)
    first, second = process.threads
    first.kill()
    kernel.linger = True
    second.kill()
    kernel.reap()
    assert (of_thread(first), of_thread(second)) == (("DEAD", TERMINATED), ("DYING", RUNNING))
    kernel.linger = False
    kernel.reap()
    assert info(process) == ("RUNNING", True, False, 0, False)
    assert kernel.settle() == 1
    assert info(process) == ("DEAD", True, True, 0, True)


def test_lingering_processes_are_settled_in_the_order_in_which_they_were_killed(
    kernel: Kernel,
) -> None:
    order: list[str] = []

    class Noting(Job):
        def remove_process(self, process: Process) -> None:
            order.append(process.name)
            super().remove_process(process)

    kernel.linger = True
    job = Noting(kernel, kernel.job, 30)
    kernel.job.add_job(job)
    made = [running(kernel, job) for _ in range(3)]
    for process, name in zip(made, "abc", strict=True):
        process.name = name
    for index in (1, 0, 2):
        made[index].kill()
    assert kernel.settle() == 3
    assert order == ["b", "a", "c"]
