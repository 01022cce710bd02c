#include "test/embed/allocations.h"

#include <gtest/gtest.h>

#include <new>

#include "test/support/counting_new.h"

namespace wengert::testing {

size_t AllocationsOf(absl::FunctionRef<void()> call) {
  const size_t before = allocations;
  call();
  return allocations - before;
}

namespace {

TEST(AllocationsOf, CountsEach) {
  EXPECT_EQ(AllocationsOf([] {}), 0u);
  EXPECT_EQ(AllocationsOf([] {
              ::operator delete(::operator new(8));
              ::operator delete(::operator new(16));
            }),
            2u);
}

}  // namespace
}  // namespace wengert::testing
