/* Counts what the calling thread takes from the heap, by standing in for the C library's functions (glibc alone). */
#ifndef ALLOCATION_COUNTER_H
#define ALLOCATION_COUNTER_H
#include <stddef.h>

/* Blocks of memory that this thread has asked for so far; 0 for ever where they cannot be counted. */
size_t allocation_count(void);

#endif
