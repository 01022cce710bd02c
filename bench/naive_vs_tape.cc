// What memoized primals and shared nodes buy: the naive tree of bench/naive and the tape do the
// same four things (naive_vs_tape/contestants.h) with the same expressions
// (naive_vs_tape/workloads.h). Benchmarks are named workload/contestant/phase/size:
//
//   naive_vs_tape --benchmark_filter=multiply_chain/.*/gradient
//   naive_vs_tape --benchmark_out=results.json        for bench/plot/plot.py
//
// Counters: nodes in memory, evaluations (operations computed, counted in an untimed run), time
// per node, bytes per node.

#include <benchmark/benchmark.h>

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "bench/naive_vs_tape/contestants.h"
#include "bench/naive_vs_tape/verify.h"
#include "bench/naive_vs_tape/workloads.h"

namespace bench {
namespace {

#ifdef __clang__
constexpr char kCompiler[] = "clang++ " __clang_version__;
#else
constexpr char kCompiler[] = "g++ " __VERSION__;
#endif

using Sizes = std::vector<std::int64_t>;

double NTimesTwoToTheN(benchmark::IterationCount n) {
  return std::ldexp(static_cast<double>(n), static_cast<int>(n));
}
double TwoToTheN(benchmark::IterationCount n) { return std::ldexp(1.0, static_cast<int>(n)); }

// How a time is expected to grow, fitted where a workload has several sizes.
struct Growth {
  benchmark::BigO order = benchmark::oNone;
  benchmark::BigOFunc* law = nullptr;

  bool IsFitted() const { return order != benchmark::oNone || law != nullptr; }
};

// Of the naive tree; everything that the tape does is linear in the number of operations.
struct NaiveGrowth {
  Growth evaluate = {}, backward = {};
};

void SetCounters(benchmark::State& state, std::size_t nodes, std::size_t bytes,
                 std::size_t evaluations) {
  using benchmark::Counter;
  const double count = static_cast<double>(nodes);
  state.counters["nodes"] = count;
  state.counters["evaluations"] = static_cast<double>(evaluations);
  state.counters["bytes_per_node"] = static_cast<double>(bytes) / count;
  state.counters["time_per_node"] =
      Counter(count, Counter::kIsIterationInvariantRate | Counter::kInvert);
}

template <class Contestant, class Workload>
void Run(benchmark::State& state, Phase phase) {
  const Workload workload(static_cast<std::size_t>(state.range(0)));
  const TwoPoints points = workload.Points();
  Contestant contestant(workload);
  contestant.Record(points[1]);
  std::size_t turn = 0;
  const auto time = [&](auto&& work) {
    for (auto _ : state) {
      benchmark::DoNotOptimize(work(points[turn ^= 1]));
      benchmark::ClobberMemory();
    }
  };
  switch (phase) {
    case Phase::kRecord:
      time([&](const Point& x) {
        contestant.Record(x);
        return &contestant;
      });
      break;
    case Phase::kReplay:
      time([&](const Point& x) { return contestant.Replay(x); });
      break;
    case Phase::kReverse:
      time([&](const Point&) { return contestant.Reverse().data(); });
      break;
    case Phase::kGradient:
      time([&](const Point& x) { return contestant.Gradient(x).data(); });
      break;
  }
  state.SetComplexityN(state.range(0));
  SetCounters(state, contestant.Nodes(), contestant.Bytes(), contestant.Evaluations(phase));
}

template <class Contestant, class Workload>
void RegisterPhase(const std::string& name, Phase phase, const Sizes& sizes, Growth growth) {
  auto* const registered = benchmark::RegisterBenchmark(
      name.c_str(), [phase](benchmark::State& state) { Run<Contestant, Workload>(state, phase); });
  for (std::int64_t size : sizes) registered->Arg(size);
  if (growth.law != nullptr) {
    registered->Complexity(growth.law);
  } else if (growth.order != benchmark::oNone) {
    registered->Complexity(growth.order);
  }
}

template <class Workload>
void Register(const std::string& name, const Sizes& sizes, NaiveGrowth naive) {
  using Naive = NaiveContestant<Workload>;
  using Tape = TapeContestant<Workload>;
  const Growth linear = {naive.backward.IsFitted() ? benchmark::oN : benchmark::oNone};
  const auto both = [&](const std::string& phase_name, Phase phase, Growth naive_growth) {
    RegisterPhase<Naive, Workload>(name + "/naive/" + phase_name, phase, sizes, naive_growth);
    RegisterPhase<Tape, Workload>(name + "/tape/" + phase_name, phase, sizes, linear);
  };
  both("record", Phase::kRecord, linear);
  both("replay", Phase::kReplay, naive.evaluate);
  both("reverse", Phase::kReverse, naive.backward);
  both("gradient", Phase::kGradient, naive.backward);
}

// Verifies a workload at all its sizes, then makes its benchmarks.
template <class Workload>
absl::Status Add(const std::string& name, const Sizes& sizes, NaiveGrowth naive = {}) {
  for (std::int64_t size : sizes) {
    absl::Status status = Verify<Workload>(name, static_cast<std::size_t>(size));
    if (!status.ok()) return status;
  }
  Register<Workload>(name, sizes, naive);
  return absl::OkStatus();
}

absl::Status AddAll() {
  const Growth linear = {benchmark::oN}, squared = {benchmark::oNSquared};
  absl::Status status = Add<SeedsExpression>("seeds_expression", {1});
  status.Update(Add<BalancedTree>("balanced_tree", {4, 16, 64, 256, 1024, 4096, 16384, 65536},
                                  {linear, {benchmark::oNLogN}}));
  status.Update(
      Add<MultiplyChain>("multiply_chain", {4, 16, 64, 256, 1024, 4096}, {linear, squared}));
  status.Update(Add<SharedDoubling>("shared_doubling", {2, 5, 8, 11, 14, 17, 20},
                                    {{.law = TwoToTheN}, {.law = NTimesTwoToTheN}}));
  status.Update(Add<ReluNetwork>("relu_network", {1, 2, 3}));
  return status;
}

// A fifth of the library's time for each measurement, which suffices here, after a warm-up, without
// which the longest ones would time the first touch of their memory. Flags given by the user come
// later and win.
std::vector<char*> WithDefaults(int argc, char** argv) {
  static char min_time[] = "--benchmark_min_time=0.1";
  static char warm_up[] = "--benchmark_min_warmup_time=0.02";
  std::vector<char*> arguments(argv, argv + argc);
  arguments.insert(arguments.begin() + 1, {min_time, warm_up});
  return arguments;
}

int Main(int argc, char** argv) {
  std::vector<char*> arguments = WithDefaults(argc, argv);
  int count = static_cast<int>(arguments.size());
  benchmark::Initialize(&count, arguments.data());
  if (benchmark::ReportUnrecognizedArguments(count, arguments.data())) return 1;
  benchmark::AddCustomContext("compiler", kCompiler);
  if (const absl::Status status = AddAll(); !status.ok()) {
    std::fprintf(stderr, "naive_vs_tape: %s; nothing was timed\n",
                 std::string(status.message()).c_str());
    return 1;
  }
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) { return bench::Main(argc, argv); }
