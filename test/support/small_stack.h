#ifndef WENGERT_TEST_SUPPORT_SMALL_STACK_H_
#define WENGERT_TEST_SUPPORT_SMALL_STACK_H_

// A thread with so small a stack that what recurses along a long tape ends the program.

#include <gtest/gtest.h>
#include <pthread.h>

#include <cstddef>

#include "absl/functional/function_ref.h"
#include "wengert/base/sanitized.h"

namespace wengert::testing {

// A sanitizer's own frames are large.
inline constexpr size_t kStackBytes = WENGERT_SANITIZED ? 1024 * 1024 : 64 * 1024;

inline void OnASmallStack(absl::FunctionRef<void()> work) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  ASSERT_EQ(pthread_attr_setstacksize(&attributes, kStackBytes), 0);
  const auto run = [](void* argument) -> void* {
    (*static_cast<absl::FunctionRef<void()>*>(argument))();
    return nullptr;
  };
  pthread_t thread;
  ASSERT_EQ(pthread_create(&thread, &attributes, run, &work), 0);
  pthread_join(thread, nullptr);
  pthread_attr_destroy(&attributes);
}

}  // namespace wengert::testing

#endif  // WENGERT_TEST_SUPPORT_SMALL_STACK_H_
