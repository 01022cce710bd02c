// One Function, many threads. A Function is safe to evaluate from any number of threads; each call
// takes a workspace from a pool, so there is nothing to copy, to lock, or to make for each thread.
//
// Four threads share the points of a sum here. With compile_after = 0 every evaluation runs the
// same compiled code, so the bits don't depend on which thread did what.
//
// FunctionOptions::threads is the other way: one evaluation whose long loops are shared.

#include <wengert/wengert.h>

#include <cmath>
#include <cstdio>
#include <thread>
#include <vector>

using Vars = absl::Span<const wengert::Var>;

constexpr size_t kInputs = 3, kPoints = 400, kThreads = 4;

// The energy of a chain of pendulums that hang from angles x, swings in between.
wengert::Var Energy(Vars x) {
  wengert::Var angle = x[0], speed = x[1], sum = 0.0;
  for (int step = 0; step < 50; ++step) {
    speed -= 0.05 * (sin(angle) + x[2] * speed);
    angle += 0.05 * speed;
    sum += 0.5 * square(speed) + 1.0 - cos(angle);
  }
  return sum;
}

std::vector<double> Point(size_t i) {
  const double u = static_cast<double>(i) / kPoints;
  return {2.0 * u, 1.0 - u, 0.1 + 0.2 * u};
}

// gradients[i] at each point from `first`, every `stride`-th.
void Evaluate(const wengert::Function& f, size_t first, size_t stride,
              std::vector<std::vector<double>>& gradients) {
  for (size_t i = first; i < kPoints; i += stride) {
    f.Gradient(Point(i), gradients[i]);
  }
}

int main() {
  const auto f = wengert::Function::Record(Energy, Point(0), {.compile_after = 0});
  std::vector<std::vector<double>> one(kPoints, std::vector<double>(kInputs)), many = one;
  Evaluate(f, 0, 1, one);

  std::vector<std::thread> threads;
  for (size_t k = 0; k < kThreads; ++k) {
    threads.emplace_back([&f, &many, k] { Evaluate(f, k, kThreads, many); });
  }
  for (std::thread& thread : threads) thread.join();

  std::vector<double> mean(kInputs);
  for (const std::vector<double>& g : many) {
    for (size_t j = 0; j < kInputs; ++j) mean[j] += g[j] / kPoints;
  }
  std::printf("mean gradient over %zu points: %.6f %.6f %.6f\n", kPoints, mean[0], mean[1],
              mean[2]);
  std::printf("%zu threads give the bits of one: %s\n", kThreads, one == many ? "yes" : "no");
  std::printf("recordings: %d\n", static_cast<int>(f.statistics().recordings));
}
