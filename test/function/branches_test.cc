// The law of Function: at every point the answer is that of a fresh recording there, value and
// gradient bit for bit, whatever the program branches on.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <random>
#include <thread>
#include <vector>

#include "wengert/base/sanitized.h"
#include "wengert/function/function.h"
#include "wengert/wengert.h"

namespace wengert {
namespace {

using Vars = absl::Span<const Var>;

struct Answer {
  double value;
  std::vector<double> gradient;

  bool SameBits(const Answer& other) const {
    return std::memcmp(&value, &other.value, sizeof value) == 0 &&
           std::memcmp(gradient.data(), other.gradient.data(), gradient.size() * sizeof(double)) ==
               0;
  }
};

Answer Replayed(const Function& f, const std::vector<double>& x) {
  Answer answer = {0.0, std::vector<double>(x.size())};
  answer.value = f.Gradient(x, absl::MakeSpan(answer.gradient));
  return answer;
}

template <class Program>
Answer Fresh(const Program& program, const std::vector<double>& x) {
  Tape tape;
  const std::vector<Var> inputs = tape.Inputs(x);
  const Var y = program(inputs);
  return {y.value(), tape.Backward(y).Gradient()};
}

template <class Program>
void ExpectLikeFresh(const Program& program, size_t n, int points, double low, double high) {
  std::mt19937_64 random(7);
  std::uniform_real_distribution<double> uniform(low, high);
  const Function f = Function::Record(program, std::vector<double>(n, 0.5 * (low + high)));
  for (int k = 0; k < points; ++k) {
    std::vector<double> x(n);
    for (double& each : x) each = uniform(random);
    ASSERT_TRUE(Replayed(f, x).SameBits(Fresh(program, x))) << "point " << k;
  }
}

// A straight-line program over a few registers whose steps branch on comparisons of them.
class RandomProgram {
 public:
  RandomProgram(std::mt19937_64& random, int steps) {
    std::uniform_int_distribution<size_t> any(0, 1 << 20);
    for (int k = 0; k < steps; ++k) {
      steps_.push_back({any(random) % kKinds, any(random) % kRegisters, any(random) % kRegisters,
                        any(random) % kRegisters});
    }
  }

  Var operator()(Vars x) const {
    std::vector<Var> r(kRegisters);
    for (size_t k = 0; k < kRegisters; ++k) r[k] = x[k % x.size()] + 0.25 * static_cast<double>(k);
    for (const Step& step : steps_) Run(step, r);
    Var y = 0.0;
    for (const Var& each : r) y += each;
    return y;
  }

 private:
  static constexpr size_t kKinds = 7;
  static constexpr size_t kRegisters = 4;
  struct Step {
    size_t kind, to, a, b;
  };

  static void Run(const Step& step, std::vector<Var>& r) {
    const Var a = r[step.a];
    const Var b = r[step.b];
    Var& to = r[step.to];
    switch (step.kind) {
      case 0:
        to = sin(a) * b;
        break;
      case 1:
        to = a < b ? a * 1.5 : tanh(b);
        break;
      case 2:
        to = a >= 0.5 ? a - b : a + b;
        break;
      case 3:
        to = sin(a + b);
        break;
      case 4:
        for (int k = 0; k < 6 && abs(to) > 0.3; ++k) to = to * 0.5;
        break;
      case 5:
        to = to * static_cast<double>(1 + Index(2.0 + 2.0 * sin(a)));
        to = tanh(to);
        break;
      case 6:
        if (a == b || a > 2.0) std::swap(r[step.a], r[step.b]);
        break;
    }
  }

  std::vector<Step> steps_;
};

TEST(BranchesTest, RandomProgramsAnswerLikeFreshRecordings) {
  constexpr int kPrograms = WENGERT_SANITIZED ? 100 : 1000, kPoints = 1000;
  std::mt19937_64 random(1);
  std::uniform_real_distribution<double> uniform(-3.0, 3.0);
  int64_t tried = 0, failed = 0, recordings = 0;
  for (int k = 0; k < kPrograms; ++k) {
    const RandomProgram program(random, 12);
    const Function f = Function::Record(program, {0.1, 0.2, 0.3});
    for (int point = 0; point < kPoints; ++point) {
      const std::vector<double> x = {uniform(random), uniform(random), uniform(random)};
      ++tried;
      if (Replayed(f, x).SameBits(Fresh(program, x))) continue;
      ++failed;
      ADD_FAILURE() << "program " << k << " at point " << point;
    }
    recordings += f.statistics().recordings;
  }
  std::printf("%lld points tried, %lld failed; %lld recordings\n", static_cast<long long>(tried),
              static_cast<long long>(failed), static_cast<long long>(recordings));
  EXPECT_EQ(tried, kPrograms * kPoints);
  EXPECT_EQ(failed, 0);
  EXPECT_LT(recordings, tried / 2) << "replays are what is tested";
}

// The root of t^3 + t = x by Newton's method, iterated until it has converged.
TEST(BranchesTest, NewtonSolverInside) {
  const auto root = [](Vars x) {
    Var t = 1.0;
    for (int k = 0; k < 50; ++k) {
      const Var step = (t * t * t + t - x[0]) / (3.0 * t * t + 1.0);
      t -= step;
      if (abs(step) < 1e-12) break;
    }
    return t;
  };
  ExpectLikeFresh(root, 1, 200, -20.0, 20.0);
}

TEST(BranchesTest, PiecewiseSplineByBinarySearch) {
  const auto spline = [](Vars x) {
    static constexpr double kKnots[] = {0.0, 0.3, 1.0, 1.7, 2.0, 3.5, 4.0};
    size_t low = 0, high = std::size(kKnots) - 1;
    while (high - low > 1) {
      const size_t middle = (low + high) / 2;
      (x[0] < kKnots[middle] ? high : low) = middle;
    }
    const Var t = (x[0] - kKnots[low]) / (kKnots[high] - kKnots[low]);
    return t * t * (3.0 - 2.0 * t) + static_cast<double>(low);
  };
  ExpectLikeFresh(spline, 1, 500, 0.0, 4.0);
}

TEST(BranchesTest, SortByValue) {
  const auto sorted = [](Vars x) {
    std::vector<Var> order(x.begin(), x.end());
    std::sort(order.begin(), order.end());
    Var y = 0.0;
    for (size_t k = 0; k < order.size(); ++k) y += order[k] * static_cast<double>(k * k);
    return y;
  };
  ExpectLikeFresh(sorted, 4, 500, -1.0, 1.0);
}

TEST(BranchesTest, Bisection) {
  const auto root = [](Vars x) {
    Var low = 0.0, high = 4.0;
    while (high - low > 1e-3) {
      const Var middle = 0.5 * (low + high);
      (middle * middle * middle > x[0] * x[0] ? high : low) = middle;
    }
    return low * x[0];
  };
  ExpectLikeFresh(root, 1, 300, 0.0, 4.0);
}

TEST(BranchesTest, GaussianEliminationWithPivoting) {
  const auto solve = [](Vars x) {
    std::vector<Var> a(x.begin(), x.begin() + 9);
    std::vector<Var> b(x.begin() + 9, x.end());
    for (size_t c = 0; c < 3; ++c) {
      size_t pivot = c;
      for (size_t r = c + 1; r < 3; ++r) {
        if (abs(a[r * 3 + c]) > abs(a[pivot * 3 + c])) pivot = r;
      }
      for (size_t k = 0; k < 3; ++k) std::swap(a[c * 3 + k], a[pivot * 3 + k]);
      std::swap(b[c], b[pivot]);
      for (size_t r = c + 1; r < 3; ++r) {
        const Var factor = a[r * 3 + c] / a[c * 3 + c];
        for (size_t k = c; k < 3; ++k) a[r * 3 + k] -= factor * a[c * 3 + k];
        b[r] -= factor * b[c];
      }
    }
    return b[2] / a[8];
  };
  ExpectLikeFresh(solve, 12, 300, -1.0, 1.0);
}

TEST(BranchesTest, SixtyFourThreadsThatFlipBranchesAreBitEqualToSerial) {
  std::mt19937_64 random(3);
  const RandomProgram program(random, 20);
  std::uniform_real_distribution<double> uniform(-3.0, 3.0);
  std::vector<std::vector<double>> points(50);
  std::vector<Answer> expected;
  for (std::vector<double>& x : points) {
    x = {uniform(random), uniform(random)};
    expected.push_back(Fresh(program, x));
  }
  const Function serial = Function::Record(program, {0.1, 0.2});
  for (size_t k = 0; k < points.size(); ++k) {
    const Answer answer = Replayed(serial, points[k]);
    ASSERT_TRUE(answer.SameBits(expected[k]));
    expected[k] = answer;
  }
  const Function f = Function::Record(program, {0.1, 0.2}, {.max_traces = 8});
  std::vector<std::thread> threads;
  std::vector<int> wrong(64);
  for (size_t k = 0; k < wrong.size(); ++k) {
    threads.emplace_back([&, k] {
      for (size_t i = 0; i < points.size(); ++i) {
        const size_t point = (i * (k + 1)) % points.size();
        wrong[k] += Replayed(f, points[point]).SameBits(expected[point]) ? 0 : 1;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(wrong, ::testing::Each(0));
}

}  // namespace
}  // namespace wengert
