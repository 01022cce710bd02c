// The drivers allocate nothing once their workspace is warm: counted, not timed.

#include <cmath>
#include <vector>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "test/support/counting_new.h"
#include "test/support/functions.h"
#include "test/support/patterns.h"
#include "wengert/wengert.h"

namespace wengert {
namespace {

TEST(AllocationTest, AWarmWorkspaceNeitherAllocatesNorGrows) {
  Tape tape;
  Workspace workspace;
  const std::vector<Var> x = tape.Inputs({-1.2, 1, .5, .8, 1.1, .4, .3, .2, .9, 1.3});
  const std::vector<Var> y = {testing::ChainedRosenbrock(x), x[0] * x[3]};
  const size_t n = x.size(), m = y.size();
  std::vector<double> v(3 * n, 1.0), w(3 * m, 1.0), jv(3 * m), wj(3 * n), h(3 * n);
  std::vector<double> jacobian(m * n), hessian(n * n), gradient(n), weights(m, 0.5);
  const JacobianPlan jacobian_plan = PlanJacobian(tape, y);
  const HessianPlan plans[] = {
      PlanHessian(tape, y),
      PlanHessian(tape, y, {.coloring = HessianColoring::kAcyclic, .lower_triangle = true})};
  std::vector<double> jacobian_values(jacobian_plan.pattern.size());
  std::vector<double> hessian_values[] = {std::vector<double>(plans[0].pattern.size()),
                                          std::vector<double>(plans[1].pattern.size())};
  Adjoints adjoints;
  const auto all = [&] {
    Jvp(tape, y, v, absl::MakeSpan(jv), workspace);
    Vjp(tape, y, w, absl::MakeSpan(wj), workspace);
    Hvp(tape, y[0], v, absl::MakeSpan(h), workspace);
    Jacobian(tape, y, absl::MakeSpan(jacobian), workspace);
    Hessian(tape, y[0], absl::MakeSpan(hessian), workspace);
    SparseJacobian(tape, y, jacobian_plan, absl::MakeSpan(jacobian_values), workspace);
    for (size_t k = 0; k < 2; ++k) {
      SparseHessian(tape, y, weights, plans[k], absl::MakeSpan(hessian_values[k]), workspace);
    }
    tape.Backward(y[0], adjoints);
    adjoints.Gradient(absl::MakeSpan(gradient));
  };
  const size_t cold = testing::allocations + workspace.reserved_bytes();
  all();
  const size_t warm = testing::allocations, bytes = workspace.reserved_bytes();
  EXPECT_GT(warm + bytes, cold);  // the counters count
  ASSERT_TRUE(tape.Replay(std::vector<double>(n, 0.5)).ok());
  const size_t replayed = testing::allocations;
  for (int k = 0; k < 3; ++k) all();
  EXPECT_EQ(testing::allocations, replayed);
  EXPECT_EQ(workspace.reserved_bytes(), bytes);
}

// The memory that a user's rules are called with is the thread's, and is kept, too.
TEST(AllocationTest, AWarmSweepThroughAUsersOperationDoesNotAllocate) {
  CustomRules rules;
  rules.value = [](absl::Span<const double> x, absl::Span<double> y) { y[0] = x[0] * x[1]; };
  rules.vjp = [](absl::Span<const double> x, absl::Span<const double>,
                 absl::Span<const double> y_bar, absl::Span<double> x_bar) {
    x_bar[0] = y_bar[0] * x[1];
    x_bar[1] = y_bar[0] * x[0];
  };
  rules.hvp = [](absl::Span<const double>, absl::Span<const double> w, absl::Span<const double> v,
                 absl::Span<double> h) {
    h[0] = w[0] * v[1];
    h[1] = w[0] * v[0];
  };
  Tape tape;
  Workspace workspace;
  const std::vector<Var> x = tape.Inputs({0.3, 0.7, -1.1});
  const Var y = exp(CustomOperation(rules)({x[0], x[1] * x[2]})[0]);
  const std::vector<double> v(24, 1.0), w(8, 1.0);
  std::vector<double> point = {0.1, 0.2, 0.3}, n_numbers(24), m_numbers(8), gradient(3);
  const auto all = [&] {
    tape.Replay(point).IgnoreError();
    tape.Backward(y).Gradient(absl::MakeSpan(gradient));
    Jvp(tape, {&y, 1}, v, absl::MakeSpan(m_numbers), workspace);
    Vjp(tape, {&y, 1}, w, absl::MakeSpan(n_numbers), workspace);
    Hvp(tape, y, v, absl::MakeSpan(n_numbers), workspace);
  };
  all();
  const size_t warm = testing::allocations;
  for (int k = 0; k < 3; ++k) all();
  EXPECT_EQ(testing::allocations, warm);
}

struct Shape {
  const char* name;
  Var (*f)(testing::Vars);
};

constexpr Shape kShapes[] = {
    {"band", testing::ChainedRosenbrock},
    {"arrow",
     [](testing::Vars x) {
       Var sum = 0.0;
       for (size_t i = 1; i < x.size(); ++i) sum += square(x[i] * x[0]);
       return sum;
     }},
    {"mesh", [](testing::Vars x) { return testing::MeshEnergy(x, x.size()); }},
};

struct Cost {
  size_t bytes, nodes, entries;
  double per_item() const {
    return static_cast<double>(bytes) / static_cast<double>(nodes + entries);
  }
};

Cost PlanAndEvaluate(const Shape& shape, size_t n) {
  Tape tape;
  const Var y = shape.f(tape.Inputs(std::vector<double>(n, 0.5)));
  const size_t nodes = tape.size(), before = testing::allocated_bytes;
  const HessianPlan plan = PlanHessian(tape, {&y, 1});
  const size_t bytes = testing::allocated_bytes - before;
  Workspace workspace;
  std::vector<double> values(plan.pattern.size());
  SparseHessian(tape, {&y, 1}, {1.0}, plan, absl::MakeSpan(values), workspace);
  for (double each : values) EXPECT_TRUE(std::isfinite(each)) << shape.name;
  return {bytes, nodes, plan.pattern.size()};
}

// Growing arrays included: what a plan takes in all is so many bytes a node and entry, however
// large the function is.
TEST(AllocationTest, AHessiansPlanTakesMemoryProportionalToNodesAndEntries) {
  for (const Shape& shape : kShapes) {
    const Cost small = PlanAndEvaluate(shape, 10000), large = PlanAndEvaluate(shape, 100000);
    EXPECT_GE(large.entries, 3u * 100000 - 2) << shape.name;
    EXPECT_LE(large.per_item(), 1.5 * small.per_item()) << shape.name;
    EXPECT_LE(large.per_item(), 200) << shape.name;
  }
}

// Many colors, and most of the inputs in none of their products.
TEST(AllocationTest, ADenseBlockByEitherColoringIsSweptInMemoryOfNodesAndEntries) {
  Tape tape;
  const std::vector<Var> x = tape.Inputs(std::vector<double>(30000, 0.5));
  Var sum = 0.0;
  for (size_t i = 0; i < 300; ++i) sum += x[i];
  const Var y = log(sum);
  for (const HessianColoring coloring : {HessianColoring::kStar, HessianColoring::kAcyclic}) {
    const HessianPlan plan = PlanHessian(tape, {&y, 1}, {.coloring = coloring});
    EXPECT_EQ(plan.colors, 300u);
    Workspace workspace;
    std::vector<double> values(plan.pattern.size());
    SparseHessian(tape, {&y, 1}, {1.0}, plan, absl::MakeSpan(values), workspace);
    EXPECT_DOUBLE_EQ(values.back(), -1 / (150.0 * 150.0));
    EXPECT_LE(workspace.reserved_bytes(), 200 * (tape.size() + plan.pattern.size()));
  }
}

}  // namespace
}  // namespace wengert
