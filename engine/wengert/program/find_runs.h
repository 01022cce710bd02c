#ifndef WENGERT_PROGRAM_FIND_RUNS_H_
#define WENGERT_PROGRAM_FIND_RUNS_H_

// Rerolling: finds the loops that a recording unrolled.
//
//   1. operations as a string            periods.h     which distances do equal pieces lie apart?
//   2. repeats of a period in it         repeats.h     where does the string agree with itself?
//   3. what each operand of the body is  body.h        told from three sample iterations
//   4. what the loop would save          loop_cost.h
//   5. the best disjoint choice          choose.h      inner against outer loops, by what they save
//   6. the iterations, one by one        split_body.h  of what was chosen, into legal runs
//
// and again in the gaps between the runs. Only 6 looks at every operand, and 1 at every operation;
// both are bounded, so the whole takes a time linear in the nodes, whatever the graph is.

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "wengert/program/near_misses.h"
#include "wengert/program/recording.h"
#include "wengert/program/run.h"

namespace wengert::program {

struct FindRunsOptions {
  bool recurrences = false;          // whether runs may have carried operands
  uint32_t min_count = 8;            // iterations of the shortest run; at least 4
  uint64_t* visits = nullptr;        // where to add how many nodes were looked at
  absl::Span<const Run> known = {};  // ascending and disjoint: only what is between is searched
  NearMisses* misses = nullptr;      // where to add them; of the graph's nodes
};

// Disjoint runs in ascending order of `first`, the known ones among them, each legal in the sense
// of run.h. The graph is a whole recording, with its nodes in the order they were recorded in;
// leaves may stand anywhere, but end a run.
//
// O(nodes) time and memory, about 20 ns a node.
std::vector<Run> FindRuns(const Recording& recording, FindRunsOptions options = {});
std::vector<Run> FindRuns(const RecordedGraph& graph, FindRunsOptions options = {});

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_FIND_RUNS_H_
