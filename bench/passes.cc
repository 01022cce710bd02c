// What the straight-line passes cost beside recording: every workload's tape as a graph, cleaned by
// each pass alone and by Clean, in nanoseconds a node; a pass is handed a copy of the graph, whose
// time is the first column. That Clean keeps every bit of the value is verified before anything is
// timed. Prints a Markdown table; takes Google Benchmark's flags.

#include <bit>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "bench/record/markdown.h"
#include "bench/record/samples.h"
#include "bench/workloads/suite.h"
#include "bench/workloads/wengert.h"
#include "benchmark/benchmark.h"
#include "wengert/program/clean.h"
#include "wengert/program/common.h"
#include "wengert/program/dead_code.h"
#include "wengert/program/evaluate.h"
#include "wengert/program/fold.h"
#include "wengert/program/from_tape.h"
#include "wengert/program/identities.h"

namespace bench {
namespace {

using wengert::Operand;
using wengert::Tape;
using wengert::program::FromTape;
using wengert::program::Graph;

double RootAt(const Graph& graph, const std::vector<double>& x) {
  std::vector<double> values;
  wengert::program::Evaluate(graph, x, values);
  return wengert::program::ValueOf(graph, values, graph.roots[0]);
}

struct Row {
  std::string name;
  size_t before, after;
};

struct Pass {
  const char* name;
  Graph (*run)(Graph);
};

const std::vector<Pass>& Passes() {
  static const std::vector<Pass> passes = {
      {"copy", [](Graph graph) { return graph; }},
      {"dead code", wengert::program::RemoveDeadCode},
      {"fold", wengert::program::FoldConstants},
      {"identities", [](Graph graph) { return wengert::program::ApplyIdentities(graph); }},
      {"common", wengert::program::MergeCommon},
      {"clean", [](Graph graph) { return wengert::program::Clean(std::move(graph)); }},
  };
  return passes;
}

template <class Workload>
Row Add(const std::string& name, const Workload& workload, Tape& tape) {
  std::vector<wengert::Var> inputs;
  const auto points = PointsAround(workload.x0(), 4);
  const wengert::Var root = RecordAt(workload, points[0].data(), tape, inputs);
  const Operand dependent = Operand::Node(tape.NodeOf(root, "passes"));
  const auto graph = std::make_shared<const Graph>(GraphOf(FromTape(tape, {&dependent, 1}).graph));
  const Graph clean = wengert::program::Clean(*graph);
  for (const std::vector<double>& x : points) {
    const double expected = RootAt(*graph, x), found = RootAt(clean, x);
    if (std::bit_cast<uint64_t>(expected) == std::bit_cast<uint64_t>(found)) continue;
    std::fprintf(stderr, "%s: %.17g became %.17g\n", name.c_str(), expected, found);
    std::abort();
  }
  Samples::Add(name, "record", [workload, points, &tape](benchmark::State& state) {
    std::vector<wengert::Var> vars;
    size_t k = 0;
    for (auto _ : state) {
      const double* const x = points[k++ % points.size()].data();
      benchmark::DoNotOptimize(RecordAt(workload, x, tape, vars));
      benchmark::ClobberMemory();
    }
  });
  for (const Pass& pass : Passes()) {
    Samples::Add(name, pass.name, [graph, run = pass.run](benchmark::State& state) {
      for (auto _ : state) {
        benchmark::DoNotOptimize(run(*graph).nodes.data());
        benchmark::ClobberMemory();
      }
    });
  }
  return {name, graph->nodes.size(), clean.nodes.size()};
}

void PrintTable(const std::vector<Row>& rows, const Samples& samples) {
  std::vector<std::vector<std::string>> table = {
      {"workload", "nodes", "cleaned", "record ns/node"}};
  for (const Pass& pass : Passes()) table[0].push_back(pass.name);
  table[0].push_back("clean of recording");
  for (const Row& row : rows) {
    if (!samples.Has(row.name, "record") || !samples.Has(row.name, "clean")) continue;
    const double nodes = static_cast<double>(row.before);
    const double record = samples.Time(row.name, "record");
    table.push_back(
        {row.name, std::to_string(row.before), std::to_string(row.after), Digits(record / nodes)});
    for (const Pass& pass : Passes()) {
      const bool ran = samples.Has(row.name, pass.name);
      table.back().push_back(ran ? Digits(samples.Time(row.name, pass.name) / nodes) : "");
    }
    table.back().push_back(Digits(samples.Time(row.name, "clean") / record));
  }
  PrintMarkdown(table);
}

int Main(int argc, char** argv) {
  Tape tape;
  Samples samples;
  std::vector<Row> rows;
  for (const NamedWorkload& named : MadeUpWorkloads()) {
    std::visit([&](const auto& workload) { rows.push_back(Add(named.name, workload, tape)); },
               named.workload);
  }
  samples.RunAll(argc, argv);
  PrintTable(rows, samples);
  return 0;
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) { return bench::Main(argc, argv); }
