"""The commands of zxdbg, one module per family."""
