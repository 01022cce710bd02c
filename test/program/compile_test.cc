#include "wengert/program/compile.h"

#include <cmath>
#include <variant>

#include "absl/status/status.h"
#include "bench/workloads/suite.h"
#include "bench/workloads/wengert.h"
#include "gtest/gtest.h"
#include "wengert/program/compiled_tangent.h"
#include "wengert/wengert.h"

namespace wengert::program {
namespace {

class Workloads : public testing::TestWithParam<bench::NamedWorkload> {};

// Records, compiles, and moves on by a few percent in each input.
TEST_P(Workloads, ACompiledGradientIsTheTapes) {
  std::visit(
      [&](const auto& workload) {
        std::vector<double> x = workload.x0();
        Tape tape;
        std::vector<Var> inputs;
        const Var y = bench::RecordAt(workload, x.data(), tape, inputs);
        const Operand root = Operand::Node(tape.NodeOf(y, "test"));
        const auto compiled = Compiled::Compile(tape, x.size(), {root}, {.only_if_faster = false});
        ASSERT_TRUE(compiled.ok()) << compiled.status();
        const auto workspace = (*compiled)->MakeWorkspace();
        for (int step = 0; step < 3; ++step) {
          for (size_t i = 0; i < x.size(); ++i) {
            x[i] *= 1.0 + 0.003 * static_cast<double>((i * 7 + static_cast<size_t>(step) * 3) % 10);
          }
          ASSERT_TRUE(tape.Replay(x).ok());
          const Adjoints& expected = tape.Backward(y);
          std::vector<double> gradient(x.size());
          double value = 0.0;
          ASSERT_TRUE(
              (*compiled)->Gradient(x, {1.0}, *workspace, {&value, 1}, absl::MakeSpan(gradient)));
          EXPECT_NEAR(value, tape.Primal(y), 1e-12 * std::abs(tape.Primal(y)));
          double norm = 0.0;
          for (const Var& input : inputs) norm = std::max(norm, std::abs(expected[input]));
          for (size_t i = 0; i < x.size(); ++i) {
            ASSERT_NEAR(gradient[i], expected[inputs[i]], 1e-11 * norm) << "input " << i;
          }
        }
      },
      GetParam().workload);
}

// Both products, in a direction of both signs, at another point than the recording's.
TEST_P(Workloads, CompiledTangentProductsAreTheTapes) {
  using Product = CompiledTangent::Product;
  std::visit(
      [&](const auto& workload) {
        std::vector<double> x = workload.x0();
        const size_t n = x.size();
        Tape tape;
        std::vector<Var> inputs;
        const Var y = bench::RecordAt(workload, x.data(), tape, inputs);
        const std::vector<Operand> root = {Operand::Node(tape.NodeOf(y, "test"))};
        const CompileOptions options = {.only_if_faster = false};
        const auto jvp = CompiledTangent::Compile(Product::kJvp, tape, n, root, options);
        const auto hvp = CompiledTangent::Compile(Product::kHvp, tape, n, root, options);
        ASSERT_TRUE(jvp.ok() && hvp.ok()) << jvp.status() << hvp.status();

        std::vector<double> v(n), h(n), expected(n);
        for (size_t i = 0; i < n; ++i) {
          x[i] *= 1.0 + 0.002 * static_cast<double>(i % 5);
          v[i] = static_cast<double>(i * 7 % 11) * 0.1 - 0.5;
        }
        ASSERT_TRUE(tape.Replay(x).ok());
        Workspace workspace;
        double y_dot = 0.0, expected_y_dot = 0.0, one = 1.0;
        Jvp(tape, {y}, v, {&expected_y_dot, 1}, workspace);
        Hvp(tape, y, v, absl::MakeSpan(expected), workspace);
        const auto jvp_memory = (*jvp)->MakeWorkspace(), hvp_memory = (*hvp)->MakeWorkspace();
        for (int run = 0; run < 2; ++run) {
          ASSERT_TRUE((*jvp)->Jvp(x, v, *jvp_memory, {&y_dot, 1}));
          ASSERT_TRUE((*hvp)->Hvp(x, {&one, 1}, v, *hvp_memory, absl::MakeSpan(h)));
          EXPECT_NEAR(y_dot, expected_y_dot, 1e-10 * (1.0 + std::abs(expected_y_dot)));
          double norm = 0.0;
          for (double each : expected) norm = std::max(norm, std::abs(each));
          for (size_t i = 0; i < n; ++i) ASSERT_NEAR(h[i], expected[i], 1e-9 * norm) << i;
        }
      },
      GetParam().workload);
}

// Several directions at once, of which the last run has fewer than there is room for.
TEST_P(Workloads, DirectionsThatShareARunHaveTheirOwnProducts) {
  using Product = CompiledTangent::Product;
  std::visit(
      [&](const auto& workload) {
        const std::vector<double> x = workload.x0();
        const size_t n = x.size();
        Tape tape;
        std::vector<Var> inputs;
        const Var y = bench::RecordAt(workload, x.data(), tape, inputs);
        const std::vector<Operand> root = {Operand::Node(tape.NodeOf(y, "test"))};
        const CompileOptions one = {.only_if_faster = false};
        const CompileOptions several = {.only_if_faster = false, .directions = 4};
        const auto jvp = CompiledTangent::Compile(Product::kJvp, tape, n, root, one);
        const auto hvp = CompiledTangent::Compile(Product::kHvp, tape, n, root, one);
        const auto jvps = CompiledTangent::Compile(Product::kJvp, tape, n, root, several);
        const auto hvps = CompiledTangent::Compile(Product::kHvp, tape, n, root, several);
        ASSERT_TRUE(jvp.ok() && hvp.ok() && jvps.ok() && hvps.ok())
            << jvps.status() << hvps.status();
        const auto jvp_memory = (*jvp)->MakeWorkspace(), jvps_memory = (*jvps)->MakeWorkspace();
        const auto hvp_memory = (*hvp)->MakeWorkspace(), hvps_memory = (*hvps)->MakeWorkspace();

        const double weight = 3.0;
        for (size_t rows : {size_t{4}, size_t{3}}) {
          std::vector<double> v(rows * n), h(rows * n), y_dot(rows), expected(n);
          for (size_t i = 0; i < v.size(); ++i) {
            v[i] = static_cast<double>(i * 7 % 11 + rows) * 0.1 - 0.5;
          }
          ASSERT_TRUE((*jvps)->Jvp(x, v, *jvps_memory, absl::MakeSpan(y_dot)));
          ASSERT_TRUE((*hvps)->Hvp(x, {&weight, 1}, v, *hvps_memory, absl::MakeSpan(h)));
          for (size_t r = 0; r < rows; ++r) {
            const auto direction = absl::MakeConstSpan(v).subspan(r * n, n);
            double expected_y_dot = 0.0, norm = 0.0;
            ASSERT_TRUE((*jvp)->Jvp(x, direction, *jvp_memory, {&expected_y_dot, 1}));
            ASSERT_TRUE(
                (*hvp)->Hvp(x, {&weight, 1}, direction, *hvp_memory, absl::MakeSpan(expected)));
            EXPECT_NEAR(y_dot[r], expected_y_dot, 1e-10 * (1.0 + std::abs(expected_y_dot)));
            for (double each : expected) norm = std::max(norm, std::abs(each));
            for (size_t i = 0; i < n; ++i) {
              ASSERT_NEAR(h[r * n + i], expected[i], 1e-9 * norm) << "row " << r << ", " << i;
            }
          }
        }
      },
      GetParam().workload);
}

// Of a loop that is long enough to be cut, and one with more sums than work.
TEST(Compiled, TheBitsAreThoseOfOneThread) {
  const bench::NamedWorkload workloads[] = {
      {"W2", bench::LogisticRegression{.samples = 20000}, 0.0},
      {"W4", bench::GaussianMixture::Synthetic(2000), 0.0},
      {"W8", bench::BlackScholes{.options = 10000}, 0.0},
      {"W5", bench::BundleAdjustment::Synthetic(), 0.0},
  };
  for (const bench::NamedWorkload& named : workloads) {
    SCOPED_TRACE(named.name);
    std::visit(
        [&](const auto& workload) {
          const std::vector<double> x = workload.x0();
          Tape tape;
          std::vector<Var> inputs;
          const Var y = bench::RecordAt(workload, x.data(), tape, inputs);
          const Operand root = Operand::Node(tape.NodeOf(y, "test"));
          std::vector<double> expected;
          for (int threads : {1, 2, 3, 7}) {
            const auto compiled = Compiled::Compile(tape, x.size(), {root}, {.threads = threads});
            ASSERT_TRUE(compiled.ok()) << compiled.status();
            EXPECT_EQ((*compiled)->segments() > 1, named.name != "W5");
            const auto workspace = (*compiled)->MakeWorkspace();
            for (int run = 0; run < 5; ++run) {
              std::vector<double> found(x.size() + 1);
              ASSERT_TRUE((*compiled)->Gradient(x, {1.0}, *workspace, {&found.back(), 1},
                                                absl::MakeSpan(found).subspan(0, x.size())));
              if (expected.empty()) expected = found;
              EXPECT_EQ(found, expected) << threads;
            }
          }
        },
        named.workload);
  }
}

TEST(Compiled, MemoryOfALoopThatIsASumIsItsDataAndItsBody) {
  bench::LogisticRegression workload;
  for (size_t samples : {1000u, 20000u}) {
    workload = {.samples = samples};
    const std::vector<double> x = workload.x0();
    Tape tape;
    std::vector<Var> inputs;
    const Var y = bench::RecordAt(workload, x.data(), tape, inputs);
    const auto compiled =
        Compiled::Compile(tape, x.size(), {Operand::Node(tape.NodeOf(y, "test"))});
    ASSERT_TRUE(compiled.ok()) << compiled.status();
    const size_t data = samples * (workload.features + 1) * sizeof(double);
    const size_t bytes = (*compiled)->bytes() + (*compiled)->MakeWorkspace()->bytes();
    EXPECT_GE(bytes, data) << samples;
    EXPECT_LE(bytes, data + (1 << 17)) << samples;
  }
}

INSTANTIATE_TEST_SUITE_P(MadeUp, Workloads, testing::ValuesIn(bench::MadeUpWorkloads()),
                         [](const auto& named) { return "W" + std::to_string(named.index); });

}  // namespace
}  // namespace wengert::program
