// Results keep their bits: those of hashes.txt, in every run, on every thread, at every level of
// optimization and with both compilers. A line of it is a program, an engine and the XXH3 of what
// the engine answers; the first is that of the C library's functions, without which the others
// can't be expected. Not in it is what depends on flags: a reverse sweep over records with
// -march=native.
//
// It changes only with a change that says so; then
//   wengert_program_test --gtest_also_run_disabled_tests --gtest_filter='*WriteThem'
// run at the top of the sources writes it again.

#include <gtest/gtest.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <limits>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "test/support/loopy_program.h"
#include "wengert/program/batch.h"
#include "wengert/program/compile.h"
#include "wengert/program/compiled_tangent.h"
#include "wengert/wengert.h"

namespace wengert {
namespace {

using Vector = std::vector<double>;

constexpr char kHashes[] = "test/program/golden/hashes.txt";
constexpr uint64_t kLoops = 8;

// The programs are files, as compilers may evaluate the operands of one expression in either order,
// which makes another recording.
std::vector<std::string> Names() {
  std::vector<std::string> names;
  for (uint64_t seed = 1; seed <= kLoops; ++seed) names.push_back(absl::StrCat("loops_", seed));
  return names;
}

std::string PathOf(const std::string& name) {
  return absl::StrCat("test/program/golden/", name, ".tape");
}

std::string Line(absl::string_view program, absl::string_view engine, Vector answer) {
  for (double& each : answer) {
    if (std::isnan(each)) each = std::numeric_limits<double>::quiet_NaN();  // whatever its sign
  }
  const uint64_t hash = XXH3_64bits(answer.data(), answer.size() * sizeof(double));
  return absl::StrCat(program, ", ", engine, ": ", absl::Hex(hash, absl::kZeroPad16), "\n");
}

std::string OfTheCLibrary() {
  Vector values;
  for (double x : {0.1, 0.7, 1.3, 2.9, 17.5}) {
    // Not known to the compiler, which would compute them itself.
    volatile double hidden = x;
    const double a = hidden;
    int sign;  // std::lgamma's is the process's, so threads would race
    for (double y :
         {std::exp(a), std::expm1(a), std::log(a), std::log1p(a), std::sin(a), std::cos(a),
          std::tan(a), std::tanh(a), std::sinh(a), std::atan(a), std::erf(a), std::cbrt(a),
          std::pow(a, 0.3), std::hypot(a, 2.0), ::lgamma_r(a, &sign), std::tgamma(a)}) {
      values.push_back(y);
    }
  }
  return Line("C library", "functions", values);
}

struct Recording {
  std::string name;
  const Tape& tape;
  std::vector<Var> y;
  Vector x;
  int threads = 1;  // of what is compiled

  std::vector<Operand> Dependents() const {
    std::vector<Operand> dependents;
    for (const Var& each : y) dependents.push_back(Operand::Node(tape.NodeOf(each, "test")));
    return dependents;
  }
  program::CompileOptions Options(const program::LaneKernels& kernels) const {
    return {.kernels = &kernels, .threads = threads, .only_if_faster = false};
  }
};

// Interpreted: the primals, and the gradients of all outputs by nodes and by records.
std::string Interpreted(const Recording& r) {
  Workspace workspace;
  Vector nodes(r.x.size());
  Vjp(r.tape, r.y, Vector(r.y.size(), 1.0), absl::MakeSpan(nodes), workspace);
  std::string lines = Line(r.name, "primals", {r.tape.primals().begin(), r.tape.primals().end()});
  lines += Line(r.name, "nodes", nodes);
#ifndef __FMA__
  Adjoints adjoints;
  Vector records;
  for (const Var& y : r.y) {
    r.tape.Backward(y, adjoints);
    const Vector gradient = adjoints.Gradient();
    records.insert(records.end(), gradient.begin(), gradient.end());
  }
  lines += Line(r.name, "records", records);
#endif
  return lines;
}

std::string Retaped(const Recording& r) {
  Tape tape;
  const std::vector<Var> x = tape.Inputs(r.x);
  Vector gradient;
  for (const Var& each : RecordVjp(r.tape, r.y, std::vector<Var>(r.y.size(), 1.0), x)) {
    gradient.push_back(tape.Primal(each));
  }
  return Line(r.name, "retaped", gradient);
}

std::string CompiledFor(const Recording& r, const program::LaneKernels& kernels,
                        absl::string_view engine) {
  const auto compiled =
      program::Compiled::Compile(r.tape, r.x.size(), r.Dependents(), r.Options(kernels));
  if (!compiled.ok()) return "";
  Vector answer(r.y.size() + r.x.size());
  const auto workspace = (*compiled)->MakeWorkspace();
  const bool holds = (*compiled)->Gradient(r.x, Vector(r.y.size(), 1.0), *workspace,
                                           absl::MakeSpan(answer).subspan(0, r.y.size()),
                                           absl::MakeSpan(answer).subspan(r.y.size()));
  return holds ? Line(r.name, engine, answer) : "";
}

// `rows` rows of numbers, none of which are alike.
Vector Rows(size_t rows, size_t columns) {
  Vector numbers;
  for (size_t k = 0; k < rows * columns; ++k) {
    numbers.push_back(0.25 * static_cast<double>(k * k % 7) - 0.625);
  }
  return numbers;
}

// Products with several vectors that share a run, and with one.
std::string ProductsFor(const Recording& r, const program::LaneKernels& kernels,
                        absl::string_view engine) {
  using Program = program::CompiledTangent;
  const size_t n = r.x.size(), m = r.y.size();
  std::string lines;
  for (const uint32_t rows : {1u, 3u}) {
    const Vector v = Rows(rows, n), w = Rows(rows, m), one = Rows(1, m);
    const auto take = [&](Program::Product product, absl::string_view name, size_t size,
                          auto evaluate) {
      program::CompileOptions options = r.Options(kernels);
      options.directions = rows;
      const auto compiled = Program::Compile(product, r.tape, n, r.Dependents(), options);
      if (!compiled.ok()) return;
      Vector answer(rows * size);
      if (!evaluate(**compiled, *(*compiled)->MakeWorkspace(), absl::MakeSpan(answer))) return;
      lines += Line(r.name, absl::StrCat(rows, " ", name, ", ", engine), answer);
    };
    using Memory = program::Machine::Workspace;
    using Answer = absl::Span<double>;
    take(Program::Product::kJvp, "Jvp", m, [&](const Program& f, Memory& memory, Answer y_dot) {
      return f.Jvp(r.x, v, memory, y_dot);
    });
    take(Program::Product::kVjp, "Vjp", n, [&](const Program& f, Memory& memory, Answer x_bar) {
      return f.Vjp(r.x, w, memory, x_bar);
    });
    take(Program::Product::kHvp, "Hvp", n,
         [&](const Program& f, Memory& memory, Answer h) { return f.Hvp(r.x, one, v, memory, h); });
  }
  return lines;
}

// Of the first output, at points around; what doesn't hold there doesn't count.
std::string BatchFor(const Recording& r, const program::LaneKernels& kernels,
                     absl::string_view engine) {
  constexpr size_t kPoints = 21;
  const size_t n = r.x.size();
  const auto batch = program::Batch::Build(r.tape, n, r.Dependents()[0], {.kernels = &kernels});
  if (!batch.ok()) return "";
  Vector points, answer(kPoints * (n + 1));
  for (size_t k = 0; k < kPoints; ++k) {
    for (const double x : r.x) points.push_back(x * (1.0 + 0x1p-10 * static_cast<double>(k)));
  }
  std::vector<uint8_t> holds(kPoints);
  const absl::Span<double> values = absl::MakeSpan(answer).subspan(0, kPoints);
  const absl::Span<double> gradients = absl::MakeSpan(answer).subspan(kPoints);
  (*batch)->Gradient(points, {}, values, gradients, absl::MakeSpan(holds),
                     *(*batch)->MakeWorkspace());
  for (size_t k = 0; k < kPoints; ++k) {
    if (holds[k] != 0) continue;
    values[k] = 0.0;
    std::fill_n(gradients.begin() + static_cast<ptrdiff_t>(k * n), n, 0.0);
  }
  answer.insert(answer.end(), holds.begin(), holds.end());
  return Line(r.name, absl::StrCat("batch, ", engine), answer);
}

// All lanes that have fma give the same bits.
std::string InLanes(const Recording& r,
                    std::string (*answer)(const Recording&, const program::LaneKernels&,
                                          absl::string_view)) {
  const auto kernels = program::AvailableKernels();
  std::string lines = answer(r, kernels[0], "lanes without fma");
  for (size_t k = 1; k < kernels.size(); ++k) {
    const std::string line = answer(r, kernels[k], "lanes with fma");
    if (k == 1) lines += line;
    EXPECT_TRUE(k == 1 || line.empty() || lines.ends_with(line)) << line;
  }
  return lines;
}

// Two sums over a loop so long that threads share it. It is no file: an operation a statement is
// the same recording with every compiler.
struct Waves {
  Waves() {
    x = tape.Inputs({0.5, 0.25, 1.5});
    for (int k = 0; k < 24'000; ++k) {
      const Var angle = x[0] * (0.001 * k);
      const Var moved = angle + x[1];
      const Var wave = sin(moved);
      const Var fading = exp(-wave);
      const Var damped = tanh(fading);
      const Var scaled = damped * x[2];
      sum = sum + scaled;
      const Var square = wave * wave;
      power = power + square;
    }
    tape.Stop();
  }
  Recording At(int threads) const {
    return {"waves", tape, {sum, power}, {0.5, 0.25, 1.5}, threads};
  }

  Tape tape;
  std::vector<Var> x;
  Var sum = 0.0, power = 0.0;
};

std::string Compiled(const Recording& r) {
  return InLanes(r, CompiledFor) + InLanes(r, ProductsFor);
}

std::string AllLines(int threads = 1) {
  std::string lines = OfTheCLibrary();
  for (const std::string& name : Names()) {
    absl::StatusOr<LoadedTape> loaded = LoadTape(PathOf(name));
    EXPECT_TRUE(loaded.ok()) << loaded.status();
    if (!loaded.ok()) continue;
    Recording r = {name, *loaded->tape, {}, {}, threads};
    for (const Var& y : loaded->outputs) {
      if (!y.is_constant()) r.y.push_back(y);
    }
    for (const Var& x : loaded->inputs) r.x.push_back(loaded->tape->Primal(x));
    lines += Interpreted(r) + Retaped(r) + Compiled(r) + InLanes(r, BatchFor);
  }
  return lines + Compiled(Waves().At(threads));
}

std::string Golden() {
  std::ifstream in(kHashes);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(HashesTest, ResultsHaveTheBitsOfTheFile) {
  const std::string golden = Golden(), library = OfTheCLibrary();
  ASSERT_FALSE(golden.empty());
  if (!golden.starts_with(library)) GTEST_SKIP() << "the C library's functions have other bits";
#ifdef __FMA__
  GTEST_SKIP() << "records are swept with fma";
#endif
  if (program::AvailableKernels().size() < 2) GTEST_SKIP() << "no lanes with fma";
  EXPECT_EQ(AllLines(), golden);
}

TEST(HashesTest, EveryRunOnEveryThreadGivesTheSameBits) {
  const int runs = std::getenv("WENGERT_LONG_TESTS") != nullptr ? 25 : 1;
  const std::string first = AllLines();
  std::vector<std::thread> threads;
  std::vector<int> same(4);
  for (int& each : same) {
    threads.emplace_back([&] {
      for (int k = 0; k < runs; ++k) each += AllLines() == first;
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const int each : same) EXPECT_EQ(each, runs);
}

TEST(HashesTest, ThreadsThatShareLoopsGiveTheSameBits) {
  const Waves waves;
  const auto shared = program::Compiled::Compile(waves.tape, waves.x.size(),
                                                 waves.At(4).Dependents(), {.threads = 4});
  ASSERT_TRUE(shared.ok()) << shared.status();
  EXPECT_GE((*shared)->segments(), 4);
  EXPECT_EQ(AllLines(4), AllLines());
}

TEST(HashesTest, DISABLED_WriteThem) {
  for (uint64_t seed = 1; seed <= kLoops; ++seed) {
    const testing::LoopyProgram program(seed, {.recurrences = seed % 2 == 1});
    ASSERT_TRUE(SaveTape(program.tape, program.outputs, PathOf(Names()[seed - 1])).ok());
  }
  std::ofstream out(kHashes);
  out << AllLines();
  ASSERT_TRUE(out.good());
}

}  // namespace
}  // namespace wengert
