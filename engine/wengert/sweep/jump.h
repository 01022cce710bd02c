#ifndef WENGERT_SWEEP_JUMP_H_
#define WENGERT_SWEEP_JUMP_H_

// Calls in tail position that take no stack. Without an optimizer, or with one that keeps frames
// for a sanitizer, a loop calls the functions instead. For the .cc files of sweeps over records.

#include "wengert/base/sanitized.h"

#if defined(__clang__)
#define WENGERT_JUMP(call) [[clang::musttail]] return call
#define WENGERT_JUMPS 1
#elif defined(__GNUC__) && defined(__OPTIMIZE__) && !WENGERT_SANITIZED
#define WENGERT_JUMP(call) return call
#define WENGERT_JUMPS 1
#pragma GCC optimize("optimize-sibling-calls")
#else
#define WENGERT_JUMP(call)
#define WENGERT_JUMPS 0
#endif

#endif  // WENGERT_SWEEP_JUMP_H_
