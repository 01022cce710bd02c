// Threads that share what a library hands from one to the other: memory to evaluate in, traces,
// compiled programs, decoded nodes. For a client that is built with the thread sanitizer. Prints
// "ok" if the results are right.

#include <wengert/wengert.h>

#include <atomic>
#include <cmath>
#include <cstdio>
#include <functional>
#include <thread>
#include <vector>

namespace {

std::atomic<int> wrong{0};

void RunInThreads(const std::function<void(int)>& work) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) threads.emplace_back([&work, t] { work(t); });
  for (std::thread& each : threads) each.join();
}

// Eight branches for two traces at a time: traces are made, compiled and left while others run.
void ShareFunction() {
  const auto branchy = [](absl::Span<const wengert::Var> x) {
    wengert::Var sum = x[0] * x[1];
    for (const wengert::Var& each : x) sum = each < 0.0 ? sum - exp(each) : sum + each * each;
    return sum;
  };
  const auto f = wengert::Function::Record(branchy, {1.0, 2.0, 3.0},
                                           {.max_traces = 2, .compile_after = 4, .threads = 2});
  RunInThreads([&](int t) {
    std::vector<double> g(3), h(3), points(3 * 16), values(16), gradients(3 * 16);
    for (int k = 0; k < 120; ++k) {
      const int branch = (t + k / 10) % 8;
      const auto side = [&](int bit) { return (branch >> bit & 1) != 0 ? -0.5 : 0.5; };
      const std::vector<double> x = {side(0), side(1), side(2)};
      f.Gradient(x, absl::MakeSpan(g));
      const double slope = x[2] < 0.0 ? -std::exp(x[2]) : 2 * x[2];
      wrong += std::abs(g[2] - slope) > 1e-14;
      f.Hvp(x, {0.0, 0.0, 1.0}, absl::MakeSpan(h));
      wrong += h[0] != 0.0;
      if (k % 20 != 0) continue;
      for (size_t i = 0; i < points.size(); ++i) points[i] = x[i % 3];
      f.GradientBatch(points, absl::MakeSpan(values), absl::MakeSpan(gradients));
      wrong += std::abs(gradients[47] - slope) > 1e-14;
      wrong += f.SparseHessian(x).At(0, 1) != 1.0;
    }
  });
}

void ShareTape() {
  wengert::Tape tape;
  const std::vector<wengert::Var> x = tape.Inputs({1.0, 2.0, 3.0});
  const wengert::Var y = x[0] * x[1] * x[2];
  tape.Stop();
  RunInThreads([&](int t) {
    wengert::Adjoints adjoints;
    for (int k = 0; k < 50; ++k) tape.Backward(y, adjoints);
    wrong += adjoints[x[0]] != 6.0 || tape.size() != 5;
    wrong += t == 3 && wengert::Listing(tape, &adjoints).empty();
  });
}

}  // namespace

int main() {
  ShareFunction();
  ShareTape();
  if (wrong == 0) std::puts("ok");
  return wrong;
}
