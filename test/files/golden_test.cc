// Files of every version of the format keep loading. A golden file is written once, when its
// version is made, by the disabled test; an operation that is added later doesn't change it.

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "test/support/stored.h"
#include "wengert/base/file.h"
#include "wengert/wengert.h"

namespace wengert {
namespace {

constexpr char kTape1[] = "test/files/golden/everything_v1.tape";
constexpr char kListing1[] = "test/files/golden/everything_v1.txt";
constexpr char kFunction1[] = "test/files/golden/branching_v1.function";

std::string Contents(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// All that the file says.
std::string Text(LoadedTape& loaded) {
  std::string text = Listing(*loaded.tape);
  for (const Var& y : loaded.outputs) {
    if (y.is_constant()) {
      text += "constant " + std::to_string(loaded.tape->Primal(y)) + "\n";
    } else {
      text += "output v" + std::to_string(loaded.tape->NodeOf(y, "test")) + "\n";
    }
  }
  for (const Guard& guard : loaded.tape->guards()) {
    text += "before v" + std::to_string(guard.position) + ": " + InfoOf(guard.op).text + " is " +
            std::to_string(guard.outcome) + "\n";
  }
  return text;
}

TEST(GoldenFilesTest, TheTapeOfVersion1IsTheOneThatWasSaved) {
  absl::StatusOr<LoadedTape> loaded = LoadTape(kTape1);
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ(Text(*loaded), Contents(kListing1));
  EXPECT_EQ(TapeToBytes(*loaded->tape, loaded->outputs).value(), Contents(kTape1));
}

TEST(GoldenFilesTest, TheFunctionOfVersion1IsTheOneThatWasSaved) {
  const absl::StatusOr<Function> loaded = Function::Load(kFunction1);
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ(loaded->ToBytes().value(), Contents(kFunction1));
  const Function f = testing::BranchingFunction();
  std::vector<double> g(2), h(2);
  for (const double x1 : {2.0, 0.0}) {
    for (const double limit : {10.0, -10.0}) {
      EXPECT_EQ(loaded->Gradient({{1.0, x1}, {0.5, limit}}, absl::MakeSpan(g)),
                f.Gradient({{1.0, x1}, {0.5, limit}}, absl::MakeSpan(h)));
      EXPECT_EQ(g, h);
    }
  }
}

TEST(GoldenFilesTest, DISABLED_WriteThem) {
  Tape tape;
  std::vector<Var> outputs;
  testing::RecordEverything(tape, outputs);
  ASSERT_TRUE(SaveTape(tape, outputs, kTape1).ok());
  ASSERT_TRUE(testing::BranchingFunction().Save(kFunction1).ok());
  absl::StatusOr<LoadedTape> loaded = LoadTape(kTape1);
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  ASSERT_TRUE(WriteFileAtomically(kListing1, Text(*loaded)).ok());
}

}  // namespace
}  // namespace wengert
