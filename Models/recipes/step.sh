#!/bin/sh
# Runs a recipe with the CPU settings that the timings in the model cards were taken with:
# one thread per process, and an allocator that keeps freed memory (page faults cost a sixth of a step).
export OMP_NUM_THREADS="${OMP_NUM_THREADS:-1}"
export MALLOC_MMAP_THRESHOLD_=4000000000 MALLOC_TRIM_THRESHOLD_=20000000000 MALLOC_TOP_PAD_=268435456
exec "${PYTHON:-python3}" "$@"
