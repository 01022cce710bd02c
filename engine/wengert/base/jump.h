#ifndef WENGERT_BASE_JUMP_H_
#define WENGERT_BASE_JUMP_H_

// Calls in tail position that take no stack, of functions that are marked WENGERT_JUMPING. Without
// an optimizer, with one that keeps frames for a sanitizer, or with WENGERT_JUMPS=0, a loop calls
// the functions instead. GCC's -Og passes for an optimizer and isn't one: its calls take stack, so
// build with WENGERT_JUMPS=0 there. For .cc files of interpreters.

#include "wengert/base/sanitized.h"

#if !defined(WENGERT_JUMPS)
#if defined(__clang__) || (defined(__GNUC__) && defined(__OPTIMIZE__) && !WENGERT_SANITIZED)
#define WENGERT_JUMPS 1
#else
#define WENGERT_JUMPS 0
#endif
#endif

// Behind the parameters of such a function, and of pointers to it, where it has local variables as
// it jumps: GCC doesn't jump out of a scope that an exception would end. Clang does, and doesn't
// jump where no exception may leave. What is thrown in such a function ends the program with GCC.

#if !WENGERT_JUMPS
#define WENGERT_JUMPING
#define WENGERT_JUMPS_NOEXCEPT
#define WENGERT_JUMP(call)
#elif defined(__clang__)
#define WENGERT_JUMPS_NOEXCEPT
#define WENGERT_JUMPING
#define WENGERT_JUMP(call) [[clang::musttail]] return call
#else
#define WENGERT_JUMPS_NOEXCEPT noexcept
// What counts calls for a profile, for coverage or for a tracer would do so behind the call.
#define WENGERT_JUMPING [[gnu::no_profile_instrument_function, gnu::no_instrument_function]]
#define WENGERT_JUMP(call) return call
#pragma GCC optimize("optimize-sibling-calls")
#endif

#endif  // WENGERT_BASE_JUMP_H_
