// What a gradient costs whose loops aren't periodic but alike (program/isomorphs.h). Prints a
// Markdown table (record/tier_table.h); takes Google Benchmark's flags.

#include "bench/workloads/ragged.h"

#include "bench/record/tier_table.h"

int main(int argc, char** argv) {
  bench::TierTable table;
  table.Add("sparse 1000 x 300, rows of 1-12", bench::SparseResiduals(1000, 300, 12));
  table.Add("sparse 10000 x 3000, rows of 1-40", bench::SparseResiduals(10000, 3000, 40));
  table.Add("mesh of 30 x 30 vertices", bench::MeshRoughness(30));
  table.Run(argc, argv);
}
