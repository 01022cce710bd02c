#ifndef WENGERT_PROGRAM_RECORDED_H_
#define WENGERT_PROGRAM_RECORDED_H_

// A recording as straight-line code: the tape's nodes where they are, or others in their place. A
// copy of the nodes would take longer than to read them, as all its memory is new (engine/README).

#include <cstddef>
#include <memory>
#include <vector>

#include "absl/types/span.h"
#include "wengert/program/graph.h"
#include "wengert/tape/node.h"
#include "wengert/tape/tape.h"

namespace wengert::program {

struct RecordedGraph {
  // Operands of node i are nodes below i, or constants.
  absl::Span<const Node> nodes;
  absl::Span<const double> constants;
  std::vector<Operand> roots;
  // What the spans are of, if it isn't a tape; copies share it.
  struct Store {
    std::vector<Node> nodes;
    std::vector<double> constants;
  };
  std::shared_ptr<const Store> store;
  const Tape* tape = nullptr;  // whose nodes they are, if it is one

  static RecordedGraph Of(Store store, std::vector<Operand> roots);
  // Of a graph whose leaves are its first nodes, by number, and that has no partials: as it comes
  // from GraphOf, or from ExpandAll.
  static RecordedGraph Of(const Graph& graph);
};

// A recording that can be rewritten, with the leaves that it has.
Graph GraphOf(const RecordedGraph& recorded);

// The roots are the dependents, then every guard's operation; `outcomes` are what those must give.
struct Recorded {
  RecordedGraph graph;
  size_t dependents = 0;
  std::vector<double> outcomes;
};

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_RECORDED_H_
