// What it costs to find the loops of a recording, and what is found: on every workload, on 64
// points of two of them at once, and on a million nodes without any loop. Prints a Markdown table;
// takes Google Benchmark's flags. That runs are loops is tested, on these workloads, too
// (test/program/find_runs_test.cc); here is only verified that they cover what they covered there.

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "bench/record/markdown.h"
#include "bench/record/samples.h"
#include "bench/workloads/suite.h"
#include "bench/workloads/wengert.h"
#include "benchmark/benchmark.h"
#include "wengert/program/find_runs.h"
#include "wengert/program/from_tape.h"

namespace bench {
namespace {

using wengert::Tape;
using wengert::Var;
using wengert::program::FindRuns;
using wengert::program::RecordedGraph;
using wengert::program::Run;

struct Subject {
  std::string name;
  std::function<Var(const std::vector<Var>&)> function;
  std::vector<double> x;
  double least_coverage = 0.0;
};

// `points` times a workload, each with inputs of its own.
template <class Workload>
Subject Points(const std::string& name, const Workload& workload, size_t points, double coverage) {
  const std::vector<double> x0 = workload.x0();
  std::vector<double> x;
  for (size_t p = 0; p < points; ++p) x.insert(x.end(), x0.begin(), x0.end());
  const auto sum = [workload, points](const std::vector<Var>& inputs) {
    if (points == 1) return workload(inputs.data());
    Var total = 0.0;
    for (size_t p = 0; p < points; ++p) total += workload(&inputs[p * workload.n()]);
    return total;
  };
  return {name, sum, std::move(x), coverage};
}

// Operations of two kinds on random earlier values.
Var RandomExpression(const std::vector<Var>& x) {
  std::mt19937 random(1);
  std::vector<Var> values = x;
  values.reserve(1'000'000);
  while (values.size() < 1'000'000) {
    const Var &a = values[random() % values.size()], &b = values[random() % values.size()];
    values.push_back(random() % 2 == 0 ? a * b : 0.5 * (a + b));
  }
  return values.back();
}

std::vector<Subject> Subjects() {
  std::vector<Subject> subjects;
  for (const NamedWorkload& named : MadeUpWorkloads()) {
    // A chain that isn't linear is no loop.
    const bool has_loops = named.name.rfind("W11", 0) != 0;
    subjects.push_back(
        std::visit([&](const auto& w) { return Points(named.name, w, 1, has_loops ? 0.99 : 0.0); },
                   named.workload));
  }
  subjects.push_back(Points("64 x W1", Rosenbrock(), 64, 0.99));
  subjects.push_back(Points("64 x W2", LogisticRegression(), 64, 0.99));
  subjects.push_back({"random, a million", RandomExpression, std::vector<double>(10, 0.5), 0.0});
  return subjects;
}

struct Found {
  double operations = 0.0, coverage = 0.0, visits = 0.0;
  size_t runs = 0;
  std::string biggest;
};

Found FoundIn(const RecordedGraph& graph, const Subject& subject) {
  Found found;
  uint64_t visits = 0, covered = 0, most = 0;
  const std::vector<Run> runs = FindRuns(graph, {.recurrences = true, .visits = &visits});
  for (const Run& run : runs) {
    const uint64_t nodes = uint64_t{run.period} * run.count;
    covered += nodes;
    if (nodes <= most) continue;
    most = nodes;
    found.biggest = absl::StrCat(run.period, " x ", run.count);
  }
  found.operations = static_cast<double>(graph.nodes.size() - subject.x.size());
  found.coverage = static_cast<double>(covered) / found.operations;
  found.visits = static_cast<double>(visits) / found.operations;
  found.runs = runs.size();
  if (found.coverage < subject.least_coverage) {
    std::fprintf(stderr, "%s: only %g of its nodes are in loops\n", subject.name.c_str(),
                 found.coverage);
    std::abort();
  }
  return found;
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  const std::vector<bench::Subject> subjects = bench::Subjects();
  std::vector<std::unique_ptr<wengert::program::Recorded>> recorded;
  std::vector<bench::Found> found;
  bench::Samples samples;
  wengert::Tape tape;
  const auto record = [&tape](const bench::Subject& subject) {
    tape.Clear();
    return subject.function(tape.Inputs(subject.x));
  };
  for (const bench::Subject& subject : subjects) {
    const wengert::Var root = record(subject);
    const wengert::Operand node = wengert::Operand::Node(tape.NodeOf(root, "reroll"));
    recorded.push_back(
        std::make_unique<wengert::program::Recorded>(wengert::program::FromTape(tape, {node})));
    found.push_back(bench::FoundIn(recorded.back()->graph, subject));
    bench::Samples::Add(subject.name, "record", [&subject, record](benchmark::State& state) {
      for (auto _ : state) benchmark::DoNotOptimize(record(subject));
    });
    bench::Samples::Add(subject.name, "reroll",
                        [&graph = recorded.back()->graph](benchmark::State& state) {
                          for (auto _ : state)
                            benchmark::DoNotOptimize(FindRuns(graph, {.recurrences = true}));
                        });
  }
  samples.RunAll(argc, argv);

  std::vector<std::vector<std::string>> table = {{"recording", "operations", "runs", "biggest",
                                                  "coverage", "ms", "ns an operation", "recordings",
                                                  "visits an operation"}};
  for (size_t i = 0; i < subjects.size(); ++i) {
    const std::string& name = subjects[i].name;
    if (!samples.Has(name, "reroll") || !samples.Has(name, "record")) continue;
    const double time = samples.Time(name, "reroll");
    table.push_back(
        {name, std::to_string(static_cast<size_t>(found[i].operations)),
         std::to_string(found[i].runs), found[i].biggest, bench::Digits(found[i].coverage),
         bench::Digits(time / 1e6), bench::Digits(time / found[i].operations),
         bench::Digits(time / samples.Time(name, "record")), bench::Digits(found[i].visits)});
  }
  bench::PrintMarkdown(table);
  return 0;
}
