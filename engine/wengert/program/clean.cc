#include "wengert/program/clean.h"

#include <optional>
#include <utility>

#include "wengert/program/common.h"
#include "wengert/program/constants.h"
#include "wengert/program/dead_code.h"
#include "wengert/program/fold.h"
#include "wengert/program/identities.h"
#include "wengert/program/rewrite.h"

namespace wengert::program {

Graph Clean(Graph graph, CleanOptions options) {
  graph = RemoveDeadCode(std::move(graph));
  ConstantTable constants(graph);
  CommonNodes common(graph, graph.nodes.size());
  const auto add_constant = [&](double value) { return constants.Add(value); };
  RewriteNodes(graph, [&](Instruction node) {
    for (;;) {
      if (const std::optional<double> value = FoldedValue(graph, node))
        return constants.Add(*value);
      const std::optional<SimplerNode> simpler =
          Simplified(graph, node, options.assume_finite, add_constant);
      if (!simpler) return common.Place(node);
      if (simpler->is_operand) return simpler->operand;
      node = simpler->node;
    }
  });
  return RemoveDeadCode(std::move(graph));
}

}  // namespace wengert::program
