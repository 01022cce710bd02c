// What a gradient costs of functions that go through whole vectors, an operation at a time
// (program/fuse_loops.h), and of long chains of one operation (program/trees.h). Prints a Markdown
// table (record/tier_table.h); takes Google Benchmark's flags.

#include "bench/workloads/vectors.h"

#include <cstddef>
#include <string>

#include "bench/record/tier_table.h"

int main(int argc, char** argv) {
  bench::TierTable table;
  for (size_t loops = 1; loops <= 3; ++loops) {
    table.Add("fit of 1000 points in " + std::to_string(loops) + " loops", bench::Fit(1000, loops));
  }
  table.Add("t = v w, t v", bench::WeightedDot(1000));
  for (size_t n = 100; n <= 10000; n *= 10) {
    const std::string terms = " of " + std::to_string(n) + " terms";
    table.Add("sum" + terms, bench::SumOf(n));
    table.Add("max" + terms, bench::MaxOf(n));
    table.Add("product" + terms, bench::ProductOf(n));
    table.Add("hypot" + terms, bench::NormOf(n));
    table.Add("logaddexp" + terms, bench::LogAddExpOf(n));
    table.Add("logsumexp" + terms, bench::LogSumExpOf(n));
  }
  table.Run(argc, argv);
}
