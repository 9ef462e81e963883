"""Handles: duplicate, replace, close."""

from typing import NamedTuple

from zxdbg.kernel.rights import SAME_RIGHTS
from zxdbg.lang.arguments import Handle, RightsArg
from zxdbg.lang.declare import command
from zxdbg.result import HandleValue, RightsValue
from zxdbg.state import State
from zxdbg.syscalls import zx_handle_close, zx_handle_duplicate, zx_handle_replace
from zxdbg.syscalls.call import Outcome


class HandleMade(NamedTuple):
    """A new handle to an object that had one already."""

    handle: HandleValue | None
    rights: RightsValue | None


def _made(state: State, outcome: Outcome) -> HandleMade:
    value = outcome.out
    found = state.kernel.handles.find(state.caller.process, value or 0)
    return HandleMade(value, None if found is None else found.rights)


@command("handle duplicate", value="handle")
def handle_duplicate(
    state: State, handle: Handle, *, rights: RightsArg = SAME_RIGHTS
) -> HandleMade:
    """Make a second handle to the same object, with the same rights or fewer.

    When:
        To see what a syscall answers when a right is missing, or to keep a handle where
        another is given away.

    Args:
        handle: The handle to duplicate; needs ZX_RIGHT_DUPLICATE.
        rights: Names joined with |, or none, or same.

    Examples:
        zx> process create demo
        zx> $weak = handle duplicate $demo --rights ZX_RIGHT_READ
        zx> write $weak 0x1000 "x" => ZX_ERR_ACCESS_DENIED
    """
    return _made(state, state.call(zx_handle_duplicate, handle, rights))


@command("handle replace", value="handle")
def handle_replace(state: State, handle: Handle, *, rights: RightsArg) -> HandleMade:
    """Exchange a handle for one with other rights; the old one is closed in any case.

    When:
        To give rights up for good. `handle duplicate` keeps the old handle beside the
        new one.

    Args:
        handle: The handle to give up.
        rights: Names joined with |, or none, or same.

    Examples:
        zx> process create demo
        zx> $new = handle replace $demo --rights ZX_RIGHT_READ|ZX_RIGHT_WRITE
        zx> write $demo 0x1000 "x" => ZX_ERR_BAD_HANDLE
    """
    return _made(state, state.call(zx_handle_replace, handle, rights))


class HandleClosed(NamedTuple):
    """A handle that is no more."""


@command("handle close")
def handle_close(state: State, handle: Handle) -> HandleClosed:
    """Close a handle; the object goes when nothing else needs it.

    When:
        To see how long an object lives without a handle: `processes` and `vmos` show
        whether it went.

    Args:
        handle: The handle to close; 0 is closed without a word.

    Examples:
        zx> vmo create 4K --name heap
        zx> handle close $heap => ZX_OK
        zx> handle close $heap => ZX_ERR_BAD_HANDLE
    """
    state.call(zx_handle_close, handle)
    return HandleClosed()
