#include "wengert/program/listing.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "test/support/graphs.h"

namespace wengert::program {
namespace {

using testing::GraphOf;

TEST(GraphListing, ANodeALineAndTheRootsAtTheEnd) {
  const std::string text =
      " v0  leaf 0\n"
      " v1  tanh               v0\n"
      " v2  partial 0 of tanh  v0 v1\n"
      " v3  fma                v2 0.5 -0\n"
      " v4  leaf 12\n"
      " v5  neg                v4\n"
      " v6  neg                v5\n"
      " v7  neg                v6\n"
      " v8  neg                v7\n"
      " v9  neg                v8\n"
      "v10  neg                v9\n"
      "roots v3 v10 3\n";
  EXPECT_EQ(Listing(GraphOf(text)), text);
}

TEST(GraphListing, TheTestsReaderRefusesWhatIsNone) {
  for (const char* text : {"v1 leaf 0\n", "v0 exp v0\n", "v0 exp\n", "v0 leaf 0\nv1 exp v0 v0\n",
                           "v0 leaf 0\nv1 expo v0\n", "v0 leaf x\n", "root 1..\n"}) {
    EXPECT_THROW(GraphOf(text), std::invalid_argument) << text;
  }
}

}  // namespace
}  // namespace wengert::program
