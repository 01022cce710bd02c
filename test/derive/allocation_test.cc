// The drivers allocate nothing once their workspace is warm: counted, not timed.

#include <vector>

#include "gtest/gtest.h"
#include "test/support/counting_new.h"
#include "test/support/functions.h"
#include "wengert/derive/dense.h"
#include "wengert/derive/products.h"

namespace wengert {
namespace {

TEST(AllocationTest, AWarmWorkspaceNeitherAllocatesNorGrows) {
  Tape tape;
  Workspace workspace;
  const std::vector<Var> x = tape.Inputs({-1.2, 1, .5, .8, 1.1, .4, .3, .2, .9, 1.3});
  const std::vector<Var> y = {testing::ChainedRosenbrock(x), x[0] * x[3]};
  const size_t n = x.size(), m = y.size();
  std::vector<double> v(3 * n, 1.0), w(3 * m, 1.0), jv(3 * m), wj(3 * n), h(3 * n);
  std::vector<double> jacobian(m * n), hessian(n * n);
  const auto all = [&] {
    Jvp(tape, y, v, absl::MakeSpan(jv), workspace);
    Vjp(tape, y, w, absl::MakeSpan(wj), workspace);
    Hvp(tape, y[0], v, absl::MakeSpan(h), workspace);
    Jacobian(tape, y, absl::MakeSpan(jacobian), workspace);
    Hessian(tape, y[0], absl::MakeSpan(hessian), workspace);
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

}  // namespace
}  // namespace wengert
