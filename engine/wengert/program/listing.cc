#include "wengert/program/listing.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace wengert::program {
namespace {

std::string OperationText(const Instruction& node) {
  if (node.is_leaf()) return absl::StrCat("leaf ", node.leaf());
  const char* const text = InfoOf(node.op).text;
  if (node.partial < 0) return text;
  return absl::StrCat("partial ", static_cast<int>(node.partial), " of ", text);
}

std::string OperandText(const Graph& graph, Operand operand) {
  if (!operand.is_constant()) return absl::StrCat("v", operand.index());
  return absl::StrFormat("%.6g", graph.constants[operand.index()]);
}

}  // namespace

std::string Listing(const Graph& graph) {
  std::vector<std::string> operations;
  size_t width = 0;
  for (const Instruction& node : graph.nodes) {
    operations.push_back(OperationText(node));
    if (!node.is_leaf()) width = std::max(width, operations.back().size());
  }
  const size_t last = std::max<size_t>(graph.nodes.size(), 1) - 1;
  const size_t digits = absl::StrCat("v", last).size();
  std::string text;
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const std::string name = absl::StrCat("v", i);
    absl::StrAppend(&text, std::string(digits - name.size(), ' '), name, "  ", operations[i]);
    if (graph.nodes[i].is_leaf()) {
      absl::StrAppend(&text, "\n");
      continue;
    }
    absl::StrAppend(&text, std::string(width - operations[i].size() + 1, ' '));
    for (Operand operand : graph.nodes[i].arguments()) {
      absl::StrAppend(&text, " ", OperandText(graph, operand));
    }
    absl::StrAppend(&text, "\n");
  }
  absl::StrAppend(&text, graph.roots.size() == 1 ? "root" : "roots");
  for (Operand root : graph.roots) absl::StrAppend(&text, " ", OperandText(graph, root));
  return text + "\n";
}

}  // namespace wengert::program
