#include "wengert/program/listing.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace wengert::program {
namespace {

std::string OperationText(const Instruction& node) {
  const char* const text = InfoOf(node.op).text;
  if (node.partial < 0) return text;
  return absl::StrCat("partial ", static_cast<int>(node.partial), " of ", text);
}

size_t WidestOperation(const Graph& graph) {
  size_t width = 0;
  for (const Instruction& node : graph.nodes) {
    if (!node.is_leaf()) width = std::max(width, OperationText(node).size());
  }
  return width;
}

}  // namespace

std::string OperandText(const Graph& graph, Operand operand) {
  if (!operand.is_constant()) return absl::StrCat("v", operand.index());
  return absl::StrFormat("%.6g", graph.constants[operand.index()]);
}

std::string NodeListing(const Graph& graph, const std::string& margin,
                        absl::FunctionRef<std::string(uint32_t)> leaf_text) {
  const size_t width = WidestOperation(graph);
  const size_t last = std::max<size_t>(graph.nodes.size(), 1) - 1;
  const size_t digits = absl::StrCat("v", last).size();
  std::string text;
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const Instruction& node = graph.nodes[i];
    const std::string name = absl::StrCat("v", i);
    absl::StrAppend(&text, margin, std::string(digits - name.size(), ' '), name, "  ");
    if (node.is_leaf()) {
      absl::StrAppend(&text, leaf_text(node.leaf()), "\n");
      continue;
    }
    const std::string operation = OperationText(node);
    absl::StrAppend(&text, operation, std::string(width - operation.size() + 1, ' '));
    for (Operand operand : node.arguments()) {
      absl::StrAppend(&text, " ", OperandText(graph, operand));
    }
    absl::StrAppend(&text, "\n");
  }
  return text;
}

std::string Listing(const Graph& graph) {
  std::string text =
      NodeListing(graph, "", [](uint32_t leaf) { return absl::StrCat("leaf ", leaf); });
  absl::StrAppend(&text, graph.roots.size() == 1 ? "root" : "roots");
  for (Operand root : graph.roots) absl::StrAppend(&text, " ", OperandText(graph, root));
  return text + "\n";
}

}  // namespace wengert::program
