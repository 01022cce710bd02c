// What is saved and loaded again is the same: records, values, gradients, branches.

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "test/support/folder.h"
#include "test/support/functions.h"
#include "test/support/loopy_program.h"
#include "test/support/stored.h"
#include "wengert/wengert.h"

namespace wengert {
namespace {

using testing::Folder;
using testing::SameTape;
using testing::Zoo;
using Vector = std::vector<double>;

bool SameBits(const Vector& a, const Vector& b) {
  return a.size() == b.size() &&
         (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0);
}

void ExpectSameAfterLoading(Tape& tape, const std::vector<Var>& outputs, const char* name) {
  SCOPED_TRACE(name);
  const std::string bytes = TapeToBytes(tape, outputs).value();
  absl::StatusOr<LoadedTape> loaded = TapeFromBytes(bytes);
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_TRUE(SameTape(tape, *loaded->tape));
  EXPECT_EQ(Listing(tape), Listing(*loaded->tape));
  EXPECT_EQ(TapeToBytes(*loaded->tape, loaded->outputs).value(), bytes);
  ASSERT_EQ(loaded->outputs.size(), outputs.size());
  for (size_t k = 0; k < outputs.size(); ++k) {
    EXPECT_TRUE(SameBits({tape.Primal(outputs[k])}, {loaded->tape->Primal(loaded->outputs[k])}));
    EXPECT_TRUE(SameBits(tape.Backward(outputs[k]).Gradient(),
                         loaded->tape->Backward(loaded->outputs[k]).Gradient()));
  }
}

TEST(SavedTapeTest, TheZooHasTheSameRecordsValuesAndGradients) {
  for (const testing::ZooFunction& zoo : Zoo()) {
    Tape tape;
    const std::vector<Var> x = tape.Inputs(zoo.x);
    ExpectSameAfterLoading(tape, zoo.f(x), zoo.name.c_str());
  }
}

TEST(SavedTapeTest, EveryOperationAndEveryFormIsTheSame) {
  Tape tape;
  std::vector<Var> outputs;
  testing::RecordEverything(tape, outputs);
  ExpectSameAfterLoading(tape, outputs, "everything");
}

TEST(SavedTapeTest, RandomProgramsAreTheSame) {
  size_t operations = 0, guards = 0;
  for (uint64_t seed = 0; seed < 200; ++seed) {
    testing::LoopyProgram program(seed);
    ExpectSameAfterLoading(program.tape, program.outputs, program.text.c_str());
    operations += program.tape.records().size;
    guards += program.tape.records().guards.size();
  }
  EXPECT_GT(operations, 20000);
  EXPECT_GT(guards, 200);
}

TEST(SavedTapeTest, IsSavedWhereReplayMovedIt) {
  Tape tape;
  const Var x = tape.Input(2.0);
  const Var y = x * x;
  ASSERT_TRUE(tape.Replay({5.0}).ok());
  const absl::StatusOr<LoadedTape> loaded = TapeFromBytes(TapeToBytes(tape, {y}).value());
  EXPECT_EQ(loaded->tape->Primal(loaded->outputs[0]), 25.0);
  EXPECT_EQ(loaded->tape->Primal(loaded->inputs[0]), 5.0);
}

TEST(SavedTapeTest, TakesLessRoomThanInMemory) {
  Tape tape;
  const std::vector<Var> x = tape.Inputs(Vector(100, 0.5));
  Var s = 0.0;
  for (int k = 0; k < 100; ++k) {
    for (size_t i = 1; i < x.size(); ++i) s += tanh(x[i] * x[i - 1]) * 0.25;
  }
  const size_t bytes = TapeToBytes(tape, {s}).value().size();
  std::printf("%u records: %zu bytes in memory, %zu in a file\n", tape.records().size, tape.bytes(),
              bytes);
  EXPECT_LT(bytes, tape.bytes() * 2 / 3);
}

TEST(SavedTapeTest, AFileIsReplacedAsAWhole) {
  const Folder folder;
  const std::string path = folder.File("f.tape");
  for (const double a : {1.0, 2.0}) {
    Tape tape;
    const Var x = tape.Input(a);
    ASSERT_TRUE(SaveTape(tape, {exp(x)}, path).ok());
    const absl::StatusOr<LoadedTape> loaded = LoadTape(path);
    ASSERT_TRUE(loaded.ok()) << loaded.status();
    EXPECT_EQ(loaded->tape->Primal(loaded->inputs[0]), a);
  }
  EXPECT_EQ(folder.files(), 1) << "nothing is left beside it";
}

TEST(SavedTapeTest, WhatCanNotBeWrittenLeavesNothing) {
  const Folder folder;
  Tape tape;
  const Var x = tape.Input(1.0);
  EXPECT_TRUE(absl::IsNotFound(SaveTape(tape, {x}, folder.File("no such folder/f.tape"))));
  std::filesystem::create_directory(folder.File("folder"));
  EXPECT_FALSE(SaveTape(tape, {x}, folder.File("folder")).ok());
  EXPECT_EQ(folder.files(), 1);
}

TEST(SavedTapeTest, WhatIsNoFileIsAnError) {
  const Folder folder;
  const absl::Status missing = LoadTape(folder.File("none")).status();
  EXPECT_TRUE(absl::IsNotFound(missing)) << missing;
  EXPECT_TRUE(absl::StrContains(missing.message(), "none")) << missing;
  EXPECT_TRUE(absl::IsInvalidArgument(LoadTape(folder.File("")).status()));
  std::FILE* const file = std::fopen(folder.File("empty").c_str(), "w");
  std::fclose(file);
  EXPECT_TRUE(absl::IsInvalidArgument(LoadTape(folder.File("empty")).status()));
}

TEST(SavedTapeTest, AnotherKindOfFileIsAnError) {
  Tape tape;
  const Var x = tape.Input(1.0);
  const absl::Status status = Function::FromBytes(TapeToBytes(tape, {x}).value()).status();
  EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
  EXPECT_TRUE(absl::StrContains(status.message(), "byte 12: expected the kind of a Function"));
}

TEST(SavedTapeTest, AUsersOperationIsAnErrorThatNamesItsNode) {
  CustomRules rules;
  rules.name = "price";
  rules.value = [](absl::Span<const double> a, absl::Span<double> y) { y[0] = a[0]; };
  Tape tape;
  const Var x = tape.Input(1.0);
  const Var y = CustomOperation(rules)({x * x})[0];
  const absl::Status status = TapeToBytes(tape, {y}).status();
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
  EXPECT_TRUE(absl::StrContains(status.message(), "node 2 is the user-defined operation price"))
      << status;
}

TEST(SavedTapeTest, AForeignOutputIsMisuse) {
  Tape first;
  const Var x = first.Input(1.0);
  Tape second;
  EXPECT_THROW((void)TapeToBytes(second, {x}), UsageError);
}

TEST(SavedTapeTest, ALimitOfRecordsIsKept) {
  Tape tape;
  const Var x = tape.Input(1.0);
  const Var y = exp(sin(x));
  const std::string bytes = TapeToBytes(tape, {y}).value();
  EXPECT_TRUE(TapeFromBytes(bytes, {.max_nodes = 3}).ok());
  EXPECT_TRUE(absl::IsResourceExhausted(TapeFromBytes(bytes, {.max_nodes = 2}).status()));
}

TEST(SavedTapeTest, ALoadedTapeRecordsNoMore) {
  Tape tape;
  const Var x = tape.Input(1.0);
  const absl::StatusOr<LoadedTape> loaded = TapeFromBytes(TapeToBytes(tape, {x}).value());
  EXPECT_FALSE(loaded->tape->is_recording());
  EXPECT_EQ((x + 1.0).value(), 2.0) << "the tape outside records again";
  EXPECT_THROW((void)(loaded->inputs[0] + 1.0), UsageError);
}

void ExpectSameEvaluations(const Function& a, const Function& b, const Vector& x) {
  const size_t n = a.inputs(), m = a.outputs();
  ASSERT_EQ(b.inputs(), n);
  ASSERT_EQ(b.outputs(), m);
  Vector y(m), z(m), g(n), h(n);
  const Vector w(m, 0.75), v(n, -0.5);
  a.Values(x, absl::MakeSpan(y));
  b.Values(x, absl::MakeSpan(z));
  EXPECT_TRUE(SameBits(y, z)) << "values";
  a.Vjp(x, w, absl::MakeSpan(g));
  b.Vjp(x, w, absl::MakeSpan(h));
  EXPECT_TRUE(SameBits(g, h)) << "J' w";
  a.Jvp(x, v, absl::MakeSpan(y));
  b.Jvp(x, v, absl::MakeSpan(z));
  EXPECT_TRUE(SameBits(y, z)) << "J v";
  EXPECT_TRUE(SameBits(a.Jacobian(x), b.Jacobian(x))) << "J";
  if (m != 1) return;
  EXPECT_TRUE(SameBits(a.Hessian(x), b.Hessian(x))) << "H";
}

TEST(SavedFunctionTest, TheZooHasTheSameBitsInterpretedAndCompiled) {
  for (const testing::ZooFunction& zoo : Zoo()) {
    for (const int64_t compile_after : {int64_t{0}, FunctionOptions::kNever}) {
      SCOPED_TRACE(zoo.name);
      const FunctionOptions options = {.compile_after = compile_after};
      const Function f = Function::Record(zoo.f, zoo.x, options);
      const absl::StatusOr<Function> loaded = Function::FromBytes(f.ToBytes().value(), options);
      ASSERT_TRUE(loaded.ok()) << loaded.status();
      Vector nearby = zoo.x;
      for (double& each : nearby) each *= 1.0 + 1e-3;
      ExpectSameEvaluations(f, *loaded, zoo.x);
      ExpectSameEvaluations(f, *loaded, nearby);
      EXPECT_EQ(loaded->ToBytes().value(), f.ToBytes().value());
    }
  }
}

TEST(SavedFunctionTest, ItsTracesAreSavedAndOtherBranchesAreErrors) {
  const Folder folder;
  const std::string path = folder.File("f.function");
  const auto callable = [](absl::Span<const Var> x) {
    return x[0] < 1.0 ? x[0] * 2.0 : x[0] < 2.0 ? sin(x[0]) : exp(x[0]);
  };
  const Function f = Function::Record(callable, {0.5});
  EXPECT_EQ(f.Value({1.5}), std::sin(1.5));
  ASSERT_TRUE(f.Save(path).ok());
  const absl::StatusOr<Function> loaded = Function::Load(path);
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ(loaded->statistics().traces, 2);
  for (const double x : {0.25, 1.25, 0.75, 1.75}) EXPECT_EQ(loaded->Value({x}), f.Value({x}));
  try {
    loaded->Value({2.5});
    ADD_FAILURE() << "a branch that wasn't saved";
  } catch (const UsageError& error) {
    EXPECT_TRUE(absl::StrContains(error.what(), "less(node 0, 2) before node")) << error.what();
  }
  EXPECT_EQ(loaded->Value({0.25}), 0.5) << "and afterwards";
}

TEST(SavedFunctionTest, ParametersKeepTheirValuesAndNames) {
  const Function f = testing::BranchingFunction();
  absl::StatusOr<Function> loaded = Function::FromBytes(f.ToBytes().value());
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ(loaded->statistics().traces, 4);
  for (const double x1 : {-1.0, 3.0}) {
    for (const double limit : {10.0, -10.0}) {
      EXPECT_EQ(loaded->Value({{1.5, x1}, {0.25, limit}}), f.Value({{1.5, x1}, {0.25, limit}}));
    }
  }
  EXPECT_EQ(loaded->Value({1.5, 3.0}), f.Value({1.5, 3.0})) << "the saved parameters";
  Function copy = f;
  copy.Set("slope", 7.0);
  loaded->Set("slope", 7.0);
  EXPECT_EQ(loaded->Value({{1.0, 0.0}, {0.5, -10.0}}), f.Value({{1.0, 0.0}, {0.5, -10.0}}));
}

TEST(SavedFunctionTest, AUsersOperationIsAnError) {
  CustomRules rules;
  rules.value = [](absl::Span<const double> a, absl::Span<double> y) { y[0] = a[0]; };
  const CustomOperation operation(rules);
  const Function f = Function::Record([&](auto x) { return operation(x); }, {1.0});
  EXPECT_TRUE(absl::IsFailedPrecondition(f.ToBytes().status()));
}

}  // namespace
}  // namespace wengert
