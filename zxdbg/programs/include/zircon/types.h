// A part of the Zircon headers of 2018-07-23, written from what zxdbg declares.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <zircon/errors.h>
#include <zircon/rights.h>

typedef int32_t zx_status_t;
typedef uint32_t zx_handle_t;
typedef uint32_t zx_rights_t;
typedef uint32_t zx_signals_t;
typedef uint32_t zx_vm_option_t;
typedef uint64_t zx_koid_t;
typedef uintptr_t zx_vaddr_t;
typedef uintptr_t zx_paddr_t;
typedef int64_t zx_time_t;

#define ZX_HANDLE_INVALID ((zx_handle_t)0)
#define ZX_TIME_INFINITE INT64_MAX
#define ZX_TIME_INFINITE_PAST INT64_MIN

#define ZX_VM_PERM_READ ((zx_vm_option_t)0x1u)
#define ZX_VM_PERM_WRITE ((zx_vm_option_t)0x2u)
#define ZX_VM_PERM_EXECUTE ((zx_vm_option_t)0x4u)
#define ZX_VM_COMPACT ((zx_vm_option_t)0x8u)
#define ZX_VM_SPECIFIC ((zx_vm_option_t)0x10u)
#define ZX_VM_SPECIFIC_OVERWRITE ((zx_vm_option_t)0x20u)
#define ZX_VM_CAN_MAP_SPECIFIC ((zx_vm_option_t)0x40u)
#define ZX_VM_CAN_MAP_READ ((zx_vm_option_t)0x80u)
#define ZX_VM_CAN_MAP_WRITE ((zx_vm_option_t)0x100u)
#define ZX_VM_CAN_MAP_EXECUTE ((zx_vm_option_t)0x200u)
#define ZX_VM_MAP_RANGE ((zx_vm_option_t)0x400u)
#define ZX_VM_REQUIRE_NON_RESIZABLE ((zx_vm_option_t)0x800u)
#define ZX_VM_FLAG_PERM_READ ((zx_vm_option_t)0x1u)
#define ZX_VM_FLAG_PERM_WRITE ((zx_vm_option_t)0x2u)
#define ZX_VM_FLAG_PERM_EXECUTE ((zx_vm_option_t)0x4u)
#define ZX_VM_FLAG_COMPACT ((zx_vm_option_t)0x8u)
#define ZX_VM_FLAG_SPECIFIC ((zx_vm_option_t)0x10u)
#define ZX_VM_FLAG_SPECIFIC_OVERWRITE ((zx_vm_option_t)0x20u)
#define ZX_VM_FLAG_CAN_MAP_SPECIFIC ((zx_vm_option_t)0x40u)
#define ZX_VM_FLAG_CAN_MAP_READ ((zx_vm_option_t)0x80u)
#define ZX_VM_FLAG_CAN_MAP_WRITE ((zx_vm_option_t)0x100u)
#define ZX_VM_FLAG_CAN_MAP_EXECUTE ((zx_vm_option_t)0x200u)
#define ZX_VM_FLAG_MAP_RANGE ((zx_vm_option_t)0x400u)
#define ZX_VM_FLAG_REQUIRE_NON_RESIZABLE ((zx_vm_option_t)0x800u)

#define ZX_VMO_NON_RESIZABLE ((uint32_t)0x1u)
#define ZX_VMO_CLONE_COPY_ON_WRITE ((uint32_t)0x1u)
#define ZX_VMO_CLONE_NON_RESIZEABLE ((uint32_t)0x2u)

#define ZX_VMO_OP_COMMIT ((uint32_t)0x1u)
#define ZX_VMO_OP_DECOMMIT ((uint32_t)0x2u)
#define ZX_VMO_OP_LOCK ((uint32_t)0x3u)
#define ZX_VMO_OP_UNLOCK ((uint32_t)0x4u)
#define ZX_VMO_OP_CACHE_SYNC ((uint32_t)0x6u)
#define ZX_VMO_OP_CACHE_INVALIDATE ((uint32_t)0x7u)
#define ZX_VMO_OP_CACHE_CLEAN ((uint32_t)0x8u)
#define ZX_VMO_OP_CACHE_CLEAN_INVALIDATE ((uint32_t)0x9u)

#define ZX_CACHE_POLICY_CACHED ((uint32_t)0x0u)
#define ZX_CACHE_POLICY_UNCACHED ((uint32_t)0x1u)
#define ZX_CACHE_POLICY_UNCACHED_DEVICE ((uint32_t)0x2u)
#define ZX_CACHE_POLICY_WRITE_COMBINING ((uint32_t)0x3u)

#define ZX_EVENT_SIGNALED ((zx_signals_t)0x8u)
#define ZX_TASK_TERMINATED ((zx_signals_t)0x8u)
#define ZX_PROCESS_TERMINATED ((zx_signals_t)0x8u)
#define ZX_THREAD_TERMINATED ((zx_signals_t)0x8u)
#define ZX_JOB_NO_PROCESSES ((zx_signals_t)0x8u)
#define ZX_VMO_ZERO_CHILDREN ((zx_signals_t)0x8u)
#define ZX_JOB_NO_JOBS ((zx_signals_t)0x10u)
#define ZX_THREAD_RUNNING ((zx_signals_t)0x10u)
#define ZX_THREAD_SUSPENDED ((zx_signals_t)0x20u)
#define ZX_USER_SIGNAL_0 ((zx_signals_t)0x1000000u)
#define ZX_USER_SIGNAL_1 ((zx_signals_t)0x2000000u)
#define ZX_USER_SIGNAL_2 ((zx_signals_t)0x4000000u)
#define ZX_USER_SIGNAL_3 ((zx_signals_t)0x8000000u)
#define ZX_USER_SIGNAL_4 ((zx_signals_t)0x10000000u)
#define ZX_USER_SIGNAL_5 ((zx_signals_t)0x20000000u)
#define ZX_USER_SIGNAL_6 ((zx_signals_t)0x40000000u)
#define ZX_USER_SIGNAL_7 ((zx_signals_t)0x80000000u)
#define ZX_USER_SIGNAL_ALL ((zx_signals_t)0xff000000u)
