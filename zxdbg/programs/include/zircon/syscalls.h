// A part of the Zircon headers of 2018-07-23, written from what zxdbg declares.
#pragma once

#include <zircon/types.h>

zx_status_t zx_handle_close(zx_handle_t handle);
zx_status_t zx_handle_close_many(const zx_handle_t* handles, size_t num_handles);
zx_status_t zx_handle_duplicate(zx_handle_t handle, zx_rights_t rights, zx_handle_t* out);
zx_status_t zx_handle_replace(zx_handle_t handle, zx_rights_t rights, zx_handle_t* out);
zx_status_t zx_process_create(zx_handle_t job, const void* name, size_t name_len, uint32_t options, zx_handle_t* proc_handle, zx_handle_t* vmar_handle);
zx_status_t zx_thread_create(zx_handle_t process, const void* name, size_t name_len, uint32_t options, zx_handle_t* out);
zx_status_t zx_process_start(zx_handle_t process, zx_handle_t thread, zx_vaddr_t entry, zx_vaddr_t stack, zx_handle_t arg_handle, uint64_t arg2);
zx_status_t zx_task_kill(zx_handle_t handle);
__attribute__((__noreturn__)) void zx_process_exit(int64_t retcode);
zx_status_t zx_thread_start(zx_handle_t handle, zx_vaddr_t entry, zx_vaddr_t stack, uint64_t arg1, uint64_t arg2);
__attribute__((__noreturn__)) void zx_thread_exit(void);
zx_status_t zx_job_create(zx_handle_t parent_job, uint32_t options, zx_handle_t* out);
zx_status_t zx_job_set_policy(zx_handle_t job, uint32_t options, uint32_t topic, const void* policy, size_t count);
zx_status_t zx_object_set_property(zx_handle_t handle, uint32_t property, const void* value, size_t size);
zx_status_t zx_object_get_property(zx_handle_t handle, uint32_t property, void* value, size_t size);
zx_status_t zx_object_get_child(zx_handle_t handle, zx_koid_t koid, zx_rights_t rights, zx_handle_t* out);
zx_status_t zx_object_get_info(zx_handle_t handle, uint32_t topic, void* buffer, size_t buffer_size, size_t* actual, size_t* avail);
zx_status_t zx_process_read_memory(zx_handle_t handle, zx_vaddr_t vaddr, void* buffer, size_t length, size_t* actual);
zx_status_t zx_process_write_memory(zx_handle_t handle, zx_vaddr_t vaddr, const void* buffer, size_t length, size_t* actual);
zx_status_t zx_object_signal(zx_handle_t handle, zx_signals_t clear_mask, zx_signals_t set_mask);
zx_status_t zx_object_wait_one(zx_handle_t handle, zx_signals_t signals, zx_time_t deadline, zx_signals_t* observed);
zx_status_t zx_event_create(uint32_t options, zx_handle_t* out);
zx_status_t zx_vmar_unmap(zx_handle_t vmar, zx_vaddr_t addr, size_t len);
zx_status_t zx_vmar_protect(zx_handle_t vmar, zx_vm_option_t options, zx_vaddr_t addr, size_t len);
zx_status_t zx_vmar_destroy(zx_handle_t vmar);
zx_status_t zx_vmar_allocate(zx_handle_t parent_vmar, zx_vm_option_t options, uint64_t offset, uint64_t size, zx_handle_t* child_vmar, zx_vaddr_t* child_addr);
zx_status_t zx_vmar_map(zx_handle_t vmar, zx_vm_option_t options, uint64_t vmar_offset, zx_handle_t vmo, uint64_t vmo_offset, size_t len, zx_vaddr_t* mapped_addr);
zx_status_t zx_vmar_allocate_old(zx_handle_t parent_vmar, uint64_t offset, uint64_t size, zx_vm_option_t map_flags, zx_handle_t* child_vmar, zx_vaddr_t* child_addr);
zx_status_t zx_vmar_map_old(zx_handle_t vmar, uint64_t vmar_offset, zx_handle_t vmo, uint64_t vmo_offset, size_t len, zx_vm_option_t map_flags, zx_vaddr_t* mapped_addr);
zx_status_t zx_vmar_protect_old(zx_handle_t vmar, zx_vaddr_t addr, size_t len, zx_vm_option_t prot);
zx_status_t zx_vmo_create(uint64_t size, uint32_t options, zx_handle_t* out);
zx_status_t zx_vmo_read(zx_handle_t handle, void* buffer, uint64_t offset, size_t buffer_size);
zx_status_t zx_vmo_write(zx_handle_t handle, const void* buffer, uint64_t offset, size_t buffer_size);
zx_status_t zx_vmo_get_size(zx_handle_t handle, uint64_t* size);
zx_status_t zx_vmo_set_size(zx_handle_t handle, uint64_t size);
zx_status_t zx_vmo_clone(zx_handle_t handle, uint32_t options, uint64_t offset, uint64_t size, zx_handle_t* out);
zx_status_t zx_vmo_set_cache_policy(zx_handle_t handle, uint32_t cache_policy);
zx_status_t zx_vmo_create_physical(zx_handle_t resource, zx_paddr_t paddr, size_t size, zx_handle_t* out);
zx_status_t zx_vmo_op_range(zx_handle_t handle, uint32_t op, uint64_t offset, uint64_t size, const void* buffer, size_t buffer_size);
zx_status_t zx_vmo_create_contiguous(zx_handle_t bti, size_t size, uint32_t alignment_log2, zx_handle_t* out);
zx_status_t zx_vmo_replace_as_executable(zx_handle_t vmo, zx_handle_t vmex, zx_handle_t* out);
