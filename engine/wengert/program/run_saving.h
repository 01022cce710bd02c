#ifndef WENGERT_PROGRAM_RUN_SAVING_H_
#define WENGERT_PROGRAM_RUN_SAVING_H_

// What loops save by the model of loop_cost.h, so that two ways to see a recording can be compared.

#include "absl/types/span.h"
#include "wengert/program/recording.h"
#include "wengert/program/run.h"

namespace wengert::program {

// What a run saves, told from three of its iterations.
double SavingOf(const RecordedGraph& graph, const Run& run);

double SavingOf(const RecordedGraph& graph, absl::Span<const Run> runs);

// What the whole graph costs by single nodes.
double CostAlone(const Recording& recording);

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_RUN_SAVING_H_
