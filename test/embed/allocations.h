#ifndef TEST_EMBED_ALLOCATIONS_H_
#define TEST_EMBED_ALLOCATIONS_H_

#include <cstddef>

#include "absl/functional/function_ref.h"

namespace wengert::testing {

// How often operator new is called, by anything in this program.
size_t AllocationsOf(absl::FunctionRef<void()> call);

}  // namespace wengert::testing

#endif  // TEST_EMBED_ALLOCATIONS_H_
