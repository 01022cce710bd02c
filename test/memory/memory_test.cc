// Whichever allocation fails, alone or with all that follow it, the caller gets std::bad_alloc or a
// Status, nothing leaks (the address sanitizer sees to that), and the next answer has every bit of
// the one before. WENGERT_LONG_TESTS=1 fails each of a workload's allocations, not just a hundred
// of them.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <new>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "test/memory/failing_allocation.h"
#include "test/support/reference.h"
#include "wengert/program/batch.h"
#include "wengert/program/compile.h"
#include "wengert/wengert.h"

namespace wengert {
namespace {

using Vars = absl::Span<const Var>;
using Vector = std::vector<double>;

constexpr size_t kInputs = 24;

// A loop over the inputs with a branch, the one that replays check.
Var Model(Vars x) {
  Var sum = 0.0;
  for (size_t i = 0; i + 1 < x.size(); ++i) {
    sum += exp(-square(x[i] - 0.5 * x[i + 1])) * sin(x[i]) + x[i] * x[i + 1];
  }
  return sum > 0.0 ? sum : sum * sum;
}

Vector PointOf(double scale) {
  Vector x;
  for (size_t i = 0; i < kInputs; ++i) x.push_back(scale * (0.25 + 0.03 * static_cast<double>(i)));
  return x;
}

bool SameBits(const Vector& a, const Vector& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), truth::SameBits);
}

using Answer = absl::StatusOr<Vector>;

Answer NotThere() { return absl::InternalError("the program doesn't hold where it was made"); }

// What is done, over and over. `prepare` makes what it works on, without failures; empty where all
// is made by the work itself.
struct Workload {
  std::string name;
  std::function<void()> prepare;
  std::function<Answer()> work;
};

struct Outcomes {
  int64_t tried = 0, thrown = 0, by_status = 0, unharmed = 0, wrong = 0;
};

bool Is(const Answer& answer, const Vector& expected) {
  return answer.ok() && SameBits(*answer, expected);
}

void FailAt(const Workload& load, int64_t k, testing::Failing which, const Vector& expected,
            Outcomes& outcomes) {
  if (load.prepare) load.prepare();
  ++outcomes.tried;
  try {
    const testing::Failure failure(k, which);
    const Answer answer = load.work();
    if (absl::IsResourceExhausted(answer.status())) {
      ++outcomes.by_status;
    } else {
      ++(Is(answer, expected) ? outcomes.unharmed : outcomes.wrong);
    }
  } catch (const std::bad_alloc&) {
    ++outcomes.thrown;
  }
  outcomes.wrong += !Is(load.work(), expected);
}

void FailEach(const Workload& load, int64_t count, testing::Failing which, const Vector& expected) {
  const bool all = std::getenv("WENGERT_LONG_TESTS") != nullptr;
  const int64_t step = all ? 1 : std::max<int64_t>(1, count / 100);
  Outcomes outcomes;
  for (int64_t k = 0; k < count; k += step) FailAt(load, k, which, expected, outcomes);
  std::printf(
      "%s: %d allocations, %d of them failed%s: %d thrown, %d by Status, %d unharmed, %d wrong\n",
      load.name.c_str(), static_cast<int>(count), static_cast<int>(outcomes.tried),
      which == testing::Failing::kOne ? "" : " with all later ones",
      static_cast<int>(outcomes.thrown), static_cast<int>(outcomes.by_status),
      static_cast<int>(outcomes.unharmed), static_cast<int>(outcomes.wrong));
  EXPECT_EQ(outcomes.wrong, 0);
  EXPECT_GT(outcomes.thrown + outcomes.by_status, 0);
}

void FailEach(const Workload& load) {
  if (load.prepare) load.prepare();
  const Answer expected = load.work();
  ASSERT_TRUE(expected.ok()) << expected.status();
  if (load.prepare) load.prepare();
  const int64_t before = testing::allocations;
  ASSERT_TRUE(Is(load.work(), *expected));
  const int64_t count = testing::allocations - before;
  ASSERT_GT(count, 0);
  FailEach(load, count, testing::Failing::kOne, *expected);
  FailEach(load, count, testing::Failing::kAllLater, *expected);
}

TEST(Memory, RecordAndSweep) {
  FailEach({"record and sweep", nullptr, [] {
              Tape tape;
              const std::vector<Var> x = tape.Inputs(PointOf(1.0));
              Var y = Model(x);
              for (int k = 0; k < 3000; ++k) y = y * 0.5 + sin(x[1]);
              return tape.Backward(y).Gradient();
            }});
}

TEST(Memory, ATapeGoesOnAfterIt) {
  std::unique_ptr<Tape> tape;
  std::vector<Var> x;
  Var y;
  FailEach({"a tape that goes on",
            [&] {
              tape.reset();
              tape = std::make_unique<Tape>();
              x = tape->Inputs(PointOf(1.0));
              y = Model(x);
            },
            [&] {
              const Tape::Position mark = tape->Mark();
              Var z = y;
              try {
                for (int k = 0; k < 3000; ++k) z = max(z, x[1]) * (z < -1e9 ? 2.0 : 0.5);
                const Vector gradient = tape->Backward(z + y).Gradient();
                tape->Rewind(mark);
                return gradient;
              } catch (const std::bad_alloc&) {
                tape->Rewind(mark);
                throw;
              }
            }});
}

TEST(Memory, Replay) {
  std::unique_ptr<Tape> tape;
  Var y;
  FailEach({"replay",
            [&] {
              tape.reset();
              tape = std::make_unique<Tape>();
              y = Model(tape->Inputs(PointOf(1.0)));
            },
            [&]() -> Answer {
              if (absl::Status status = tape->Replay(PointOf(0.5)); !status.ok()) return status;
              Vector result = tape->Backward(y).Gradient();
              result.push_back(tape->Primal(y));
              return result;
            }});
}

// What sweeps the nodes of one tape: drivers, plans, retaping, printing.
class MemoryOfDrivers : public ::testing::Test {
 protected:
  void Run(const char* name, const std::function<Answer(Workspace&)>& work) {
    std::unique_ptr<Workspace> workspace;
    FailEach({name,
              [&] {
                workspace = std::make_unique<Workspace>();
                tape_.reset();
                tape_ = std::make_unique<Tape>();
                y_ = Model(tape_->Inputs(PointOf(1.0)));
              },
              [&] { return work(*workspace); }});
  }

  std::unique_ptr<Tape> tape_;
  Var y_;
};

TEST_F(MemoryOfDrivers, Dense) {
  Run("dense matrices", [&](Workspace& workspace) {
    Vector hessian(kInputs * kInputs), jacobian(kInputs);
    Hessian(*tape_, y_, absl::MakeSpan(hessian), workspace);
    Jacobian(*tape_, {&y_, 1}, absl::MakeSpan(jacobian), workspace);
    hessian.insert(hessian.end(), jacobian.begin(), jacobian.end());
    return hessian;
  });
}

TEST_F(MemoryOfDrivers, Sparse) {
  Run("sparse matrices", [&](Workspace&) {
    Vector all = SparseHessian(*tape_, y_).values;
    const Vector acyclic =
        SparseHessian(*tape_, y_, {.coloring = HessianColoring::kAcyclic}).values;
    const Vector jacobian = SparseJacobian(*tape_, {&y_, 1}).values;
    all.insert(all.end(), acyclic.begin(), acyclic.end());
    all.insert(all.end(), jacobian.begin(), jacobian.end());
    return all;
  });
}

TEST_F(MemoryOfDrivers, Retape) {
  Run("retape", [&](Workspace&) {
    const Retaped first = Retape(*tape_, y_);
    const Retaped second = Retape(*first.tape, first.gradient[3]);
    Vector result;
    for (const Var& each : second.gradient) result.push_back(second.tape->Primal(each));
    return result;
  });
}

TEST_F(MemoryOfDrivers, Text) {
  Run("listing and drawing", [&](Workspace&) {
    const Adjoints& adjoints = tape_->Backward(y_);
    const std::string text = Listing(*tape_, &adjoints) + Dot(*tape_, &adjoints);
    return Vector{static_cast<double>(std::hash<std::string>()(text))};
  });
}

TEST_F(MemoryOfDrivers, SaveAndLoad) {
  Run("save and load", [&](Workspace&) -> Answer {
    const auto bytes = TapeToBytes(*tape_, {&y_, 1});
    if (!bytes.ok()) return bytes.status();
    const auto loaded = TapeFromBytes(*bytes);
    if (!loaded.ok()) return loaded.status();
    Vector result = loaded->tape->Backward(loaded->outputs[0]).Gradient();
    result.push_back(loaded->outputs[0].value());
    return result;
  });
}

TEST_F(MemoryOfDrivers, Compile) {
  Run("roll, differentiate, compile", [&](Workspace&) -> Answer {
    const Operand dependent = Operand::Node(tape_->NodeOf(y_, "test"));
    const auto compiled = program::Compiled::Compile(*tape_, kInputs, {&dependent, 1});
    if (!compiled.ok()) return compiled.status();
    const auto workspace = (*compiled)->MakeWorkspace();
    Vector y(1), gradient(kInputs);
    const Vector x = PointOf(0.75), w = {1.0};
    if (!(*compiled)->Gradient(x, w, *workspace, absl::MakeSpan(y), absl::MakeSpan(gradient)) ||
        !(*compiled)->Values(x, *workspace, absl::MakeSpan(y))) {
      return NotThere();
    }
    gradient.push_back(y[0]);
    return gradient;
  });
}

TEST_F(MemoryOfDrivers, Batch) {
  Run("batch", [&](Workspace&) -> Answer {
    const auto batch =
        program::Batch::Build(*tape_, kInputs, Operand::Node(tape_->NodeOf(y_, "test")));
    if (!batch.ok()) return batch.status();
    Vector points, values(5), gradients(5 * kInputs);
    for (int k = 0; k < 5; ++k) {
      for (double each : PointOf(1.0 + k)) points.push_back(each);
    }
    std::vector<uint8_t> holds(5);
    (*batch)->Gradient(points, {}, absl::MakeSpan(values), absl::MakeSpan(gradients),
                       absl::MakeSpan(holds), *(*batch)->MakeWorkspace());
    gradients.insert(gradients.end(), values.begin(), values.end());
    return gradients;
  });
}

Vector EverythingOf(const Function& f) {
  Vector gradient(kInputs), all;
  for (double scale : {1.0, -1.0, 0.5, -0.5}) {  // both branches
    const Vector x = PointOf(scale), v(kInputs, 0.5);
    all.push_back(f.Gradient(x, absl::MakeSpan(gradient)));
    all.insert(all.end(), gradient.begin(), gradient.end());
    f.Hvp(x, v, absl::MakeSpan(gradient));
    all.insert(all.end(), gradient.begin(), gradient.end());
    const Vector hessian = f.SparseHessian(x).values;
    all.insert(all.end(), hessian.begin(), hessian.end());
  }
  Vector points = PointOf(1.0), values(2), gradients(2 * kInputs);
  for (double each : PointOf(-1.0)) points.push_back(each);
  f.GradientBatch(points, absl::MakeSpan(values), absl::MakeSpan(gradients));
  all.insert(all.end(), gradients.begin(), gradients.end());
  return all;
}

class MemoryOfFunctions : public ::testing::TestWithParam<int64_t> {};

TEST_P(MemoryOfFunctions, RecordedAnew) {
  FailEach({"Function, recorded anew", nullptr, [] {
              return EverythingOf(
                  Function::Record(Model, PointOf(1.0), {.compile_after = GetParam()}));
            }});
}

TEST_P(MemoryOfFunctions, SavedAndLoaded) {
  const Function f = Function::Record(Model, PointOf(1.0), {.compile_after = GetParam()});
  EverythingOf(f);  // both branches
  FailEach({"Function, saved and loaded", nullptr, [&]() -> Answer {
              const auto bytes = f.ToBytes();
              if (!bytes.ok()) return bytes.status();
              const auto loaded = Function::FromBytes(*bytes, {.compile_after = GetParam()});
              if (!loaded.ok()) return loaded.status();
              return EverythingOf(*loaded);
            }});
}

// Whatever failed in it, the same Function goes on.
TEST_P(MemoryOfFunctions, GoingOn) {
  std::unique_ptr<Function> f;
  FailEach({"Function that goes on",
            [&] {
              f = std::make_unique<Function>(
                  Function::Record(Model, PointOf(1.0), {.compile_after = GetParam()}));
            },
            [&] { return EverythingOf(*f); }});
}

INSTANTIATE_TEST_SUITE_P(Tiers, MemoryOfFunctions,
                         ::testing::Values(FunctionOptions::kNever, int64_t{0}));

}  // namespace
}  // namespace wengert
