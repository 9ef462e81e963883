// A part of the Zircon headers of 2018-07-23, written from what zxdbg declares.
#pragma once

#include <zircon/types.h>

zx_handle_t zx_process_self(void);
zx_handle_t zx_vmar_root_self(void);
zx_handle_t zx_job_default(void);
