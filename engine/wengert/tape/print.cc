#include "wengert/tape/print.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "wengert/base/check.h"
#include "wengert/base/graphviz.h"

namespace wengert {
namespace {

// A NaN's sign says nothing: which it has depends on the CPU.
std::string Number(double x) { return std::isnan(x) ? "nan" : absl::StrFormat("%.6g", x); }
std::string Name(size_t node) { return absl::StrCat("v", node); }

// Of a call's outputs the first has the call's operands, and the others have the first.
std::vector<Operand> OperandsOf(const Tape& tape, size_t i) {
  const Node& node = tape.nodes()[i];
  if (node.op == Op::kCustom) {
    const CustomCall& call = tape.calls()[node.call()];
    if (i != call.first) return {Operand::Node(call.first)};
    const auto operands = tape.call_operands().subspan(call.operands_begin, call.inputs());
    return {operands.begin(), operands.end()};
  }
  return {node.arguments().begin(), node.arguments().end()};
}

// A user's operation under its own name, on one line, with the number of the output where there are
// several.
std::string OperationText(const Tape& tape, size_t i) {
  const Node& node = tape.nodes()[i];
  if (node.op != Op::kCustom) return InfoOf(node.op).text;
  const CustomCall& call = tape.calls()[node.call()];
  const std::string name = absl::Utf8SafeCEscape(call.rules->name);
  if (call.outputs() == 1) return name;
  return absl::StrCat(name, "[", node.output(), "]");
}

std::string OperandText(const Tape& tape, Operand operand) {
  return operand.is_constant() ? Number(tape.constants()[operand.index()]) : Name(operand.index());
}

void CheckAdjoints(const Tape& tape, const Adjoints* adjoints, const char* where) {
  if (adjoints == nullptr || adjoints->AreOf(tape)) return;
  ThrowUsageError(where, "the adjoints aren't of this tape as it is",
                  "sweep it with Tape::Backward after its last Clear or Rewind");
}

double AdjointOf(const Adjoints& adjoints, size_t node) {
  return node < adjoints.nodes().size() ? adjoints.nodes()[node] : 0.0;
}

constexpr size_t kColumns = 5;
using Row = std::array<std::string, kColumns>;
constexpr std::array<bool, kColumns> kAlignRight = {true, false, false, true, true};

Row RowOf(const Tape& tape, size_t i, const Adjoints* adjoints) {
  Row row = {Name(i), OperationText(tape, i), "", Number(tape.primals()[i]), ""};
  for (Operand operand : OperandsOf(tape, i)) {
    absl::StrAppend(&row[2], row[2].empty() ? "" : " ", OperandText(tape, operand));
  }
  if (adjoints != nullptr) row[4] = Number(AdjointOf(*adjoints, i));
  return row;
}

std::string Aligned(const std::vector<Row>& rows, size_t columns) {
  std::array<size_t, kColumns> width = {};
  for (const Row& row : rows) {
    for (size_t k = 0; k < columns; ++k) width[k] = std::max(width[k], row[k].size());
  }
  std::string text;
  for (const Row& row : rows) {
    for (size_t k = 0; k < columns; ++k) {
      const std::string padding(width[k] - row[k].size(), ' ');
      const bool last = k + 1 == columns;
      if (kAlignRight[k]) {
        absl::StrAppend(&text, padding, row[k], last ? "\n" : "  ");
      } else {
        absl::StrAppend(&text, row[k], padding, "  ");
      }
    }
  }
  return text;
}

}  // namespace

std::string Listing(const Tape& tape, const Adjoints* adjoints) {
  CheckAdjoints(tape, adjoints, "Listing");
  std::vector<Row> rows = {{"node", "op", "operands", "primal", "adjoint"}};
  for (size_t i = 0; i < tape.size(); ++i) rows.push_back(RowOf(tape, i, adjoints));
  return Aligned(rows, adjoints == nullptr ? kColumns - 1 : kColumns);
}

std::string Dot(const Tape& tape, const Adjoints* adjoints) {
  CheckAdjoints(tape, adjoints, "Dot");
  std::string dot =
      "digraph tape {\n  rankdir=LR;\n  node [shape=record, fontname=\"Helvetica\"];\n";
  for (size_t i = 0; i < tape.size(); ++i) {
    absl::StrAppend(&dot, "  ", Name(i), " [label=\"", Name(i), " ",
                    LabelText(OperationText(tape, i)), " | primal ", Number(tape.primals()[i]));
    if (adjoints != nullptr) absl::StrAppend(&dot, " | adjoint ", Number(AdjointOf(*adjoints, i)));
    absl::StrAppend(&dot, "\"];\n");
    size_t constants = 0;
    for (Operand operand : OperandsOf(tape, i)) {
      std::string from = Name(operand.index());
      if (operand.is_constant()) {
        from = absl::StrCat(Name(i), "_c", constants++);
        absl::StrAppend(&dot, "  ", from, " [shape=plaintext, label=\"", OperandText(tape, operand),
                        "\"];\n");
      }
      absl::StrAppend(&dot, "  ", from, " -> ", Name(i), ";\n");
    }
  }
  return absl::StrCat(dot, "}\n");
}

}  // namespace wengert
