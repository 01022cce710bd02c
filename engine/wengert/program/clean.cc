#include "wengert/program/clean.h"

#include <optional>
#include <utility>

#include "wengert/program/append.h"
#include "wengert/program/common.h"
#include "wengert/program/dead_code.h"
#include "wengert/program/fold.h"
#include "wengert/program/identities.h"
#include "wengert/program/rewrite.h"

namespace wengert::program {

Graph Clean(Graph graph, CleanOptions options) {
  CommonNodes common(graph);
  RewriteNodes(graph, [&](KeptNodes& kept, Instruction& node) {
    if (const std::optional<double> value = FoldedValue(graph, node)) {
      return AddConstant(graph, *value);
    }
    const std::optional<Operand> equal = Simplify(graph, node, options.assume_finite);
    return equal ? *equal : common.Place(kept, node);
  });
  return RemoveDeadCode(std::move(graph));
}

}  // namespace wengert::program
