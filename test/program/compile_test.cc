#include "wengert/program/compile.h"

#include <cmath>
#include <variant>

#include "bench/workloads/suite.h"
#include "bench/workloads/wengert.h"
#include "gtest/gtest.h"
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
        const auto compiled = Compiled::Compile(tape, x.size(), {root}, {.min_coverage = 0.0});
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

INSTANTIATE_TEST_SUITE_P(MadeUp, Workloads, testing::ValuesIn(bench::MadeUpWorkloads()),
                         [](const auto& named) { return "W" + std::to_string(named.index); });

}  // namespace
}  // namespace wengert::program
