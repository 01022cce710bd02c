#include "bench/demo/comparison.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <initializer_list>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "bench/demo/contest.h"
#include "bench/naive/walk.h"
#include "wengert/embed/nn.h"

namespace bench {
namespace {

double SecondsSince(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

// The seconds of one call, the best of some batches that each last at least a millisecond.
template <class F>
double BestTime(F&& call) {
  constexpr double kBatchSeconds = 1e-3, kBudgetSeconds = 0.04;
  constexpr int kLeastBatches = 3;
  double best = std::numeric_limits<double>::infinity();
  const auto begin = std::chrono::steady_clock::now();
  size_t calls = 1;
  for (int batches = 0; batches < kLeastBatches || SecondsSince(begin) < kBudgetSeconds;) {
    const auto batch_begin = std::chrono::steady_clock::now();
    for (size_t i = 0; i < calls; ++i) call();
    const double seconds = SecondsSince(batch_begin);
    if (seconds < kBatchSeconds) {
      calls *= 2;
    } else {
      best = std::min(best, seconds / static_cast<double>(calls));
      ++batches;
    }
  }
  return best;
}

double LargestRelativeDifference(absl::Span<const double> a, absl::Span<const double> b) {
  double largest = 0.0;
  for (size_t k = 0; k < a.size(); ++k) {
    if (a[k] == b[k]) continue;
    const double difference = std::abs(a[k] - b[k]) / std::max(std::abs(a[k]), std::abs(b[k]));
    if (!(difference <= largest)) largest = difference;  // a NaN, too
  }
  return largest;
}

class Table {
 public:
  Table() {
    absl::PrintF("%-24s %25s %25s\n", "", "evaluations", "microseconds");
    absl::PrintF("%-24s %12s %12s %12s %12s %10s\n", "whole gradient of", "naive", "tape", "naive",
                 "tape", "ratio");
  }

  void Gap() { absl::PrintF("\n"); }

  // Checks that the two gradients agree, then times them.
  template <class Expression>
  void Row(const std::string& name, Contest<Expression> contest) {
    if (!status_.ok()) return;
    const std::vector<double> wanted = contest.NaiveGradient();
    const double difference = LargestRelativeDifference(wanted, contest.TapeGradient());
    if (!(difference <= kTolerance)) {
      status_ = absl::InternalError(
          absl::StrFormat("%s: the gradients of tree and tape differ by %g", name, difference));
      return;
    }
    largest_difference_ = std::max(largest_difference_, difference);

    const double naive_time = BestTime([&] {
      contest.MovePoint();
      sum_ = sum_ + contest.NaiveGradient()[0];
    });
    const double tape_time = BestTime([&] {
      contest.MovePoint();
      sum_ = sum_ + contest.TapeGradient()[0];
    });
    absl::PrintF("%-24s %12d %12d %12.2f %12.2f %10.1f\n", name,
                 naive::EvaluationsOfBackward(contest.tree()), contest.TapeEvaluations(),
                 naive_time * 1e6, tape_time * 1e6, naive_time / tape_time);
    std::fflush(stdout);
  }

  const absl::Status& status() const { return status_; }
  double largest_difference() const { return largest_difference_; }

 private:
  // A sum of many equal contributions rounds otherwise than the one product that the tape makes.
  static constexpr double kTolerance = 1e-9;

  absl::Status status_;
  double largest_difference_ = 0.0;
  volatile double sum_ = 0.0;  // so that no gradient is computed in vain
};

void CompareChains(Table& table) {
  for (size_t depth : std::initializer_list<size_t>{16, 64, 256, 1024, 2048}) {
    std::vector<double> point(depth);
    for (size_t k = 0; k < depth; ++k) point[k] = 1.0 + 1e-3 * std::sin(static_cast<double>(k));
    table.Row(absl::StrCat("product of ", depth), Contest<MultiplyChain>(MultiplyChain(), point));
  }
}

void CompareDoubling(Table& table) {
  for (size_t times : std::initializer_list<size_t>{4, 8, 12, 16, 20}) {
    table.Row(absl::StrCat("y = y * y, ", times, " times"),
              Contest<SharedDoubling>({times}, {1.0 + 1e-7}));
  }
}

void CompareNetworks(Table& table) {
  for (size_t width : std::initializer_list<size_t>{2, 4, 8, 16, 32}) {
    std::mt19937_64 random(1);
    const wengert::nn::Mlp net(2, {width, width, 1}, random);
    const std::vector<double> point(net.parameters().begin(), net.parameters().end());
    table.Row(absl::StrCat("loss of a 2-", width, "-", width, "-1 net"),
              Contest<NetworkLoss>({net}, point));
  }
}

}  // namespace

absl::Status CompareNaiveWithTape() {
  Table table;
  CompareChains(table);
  table.Gap();
  CompareDoubling(table);
  table.Gap();
  CompareNetworks(table);
  if (!table.status().ok()) return table.status();
  absl::PrintF(
      "\nEvaluations are counted. The tape is recorded anew for every gradient, and that is in "
      "its\n"
      "time; the tree is built beforehand and for free. Both gradients agree in every row, the\n"
      "largest relative difference is %.1g (a sum of a million equal terms rounds).\n",
      table.largest_difference());
  return absl::OkStatus();
}

}  // namespace bench
