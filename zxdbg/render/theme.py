"""The one place for colours: what each meaning looks like, in rich's style language.

Only the terminal's own sixteen colours are used, so that light and dark backgrounds both
work; no colour carries anything that a word or a mark does not carry too.
"""

THEME = {
    "ok": "bold green",
    "refused": "bold red",
    "warn": "yellow",
    "address": "cyan",
    "handle": "magenta",
    "koid": "blue",
    "name": "bold",
    "number": "",
    "dim": "bright_black",
    "title": "bold",
    "perm.r": "green",
    "perm.w": "yellow",
    "perm.x": "red",
    "moved": "green",
    "unmoved": "bright_black",
    "passed": "green",
    "decided": "bold red",
    "skipped": "bright_black",
    "zero": "bright_black",
    "byte": "",
    "text": "cyan",
    "unread": "red",
    "prompt": "bold blue",
    "command": "bold",
    "caret": "bold red",
    "syscall": "",
    "next": "bold",
    "option": "blue",
    "flags": "yellow",
    "data": "green",
    "comment": "bright_black",
    "expectation": "bright_black",
    "mistake": "red",
    "foreseen": "yellow",
}
