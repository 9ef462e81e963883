// A part of the Zircon headers of 2018-07-23, written from what zxdbg declares.
#pragma once

#include <zircon/types.h>

const char* zx_status_get_string(zx_status_t status);
