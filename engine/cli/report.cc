#include "cli/report.h"

#include <algorithm>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "wengert/ops/notation.h"
#include "wengert/program/batch.h"
#include "wengert/wengert.h"

namespace cli {
namespace {

using wengert::Adjoints;
using wengert::Tape;
using wengert::Var;

std::string Number(double x) { return std::isnan(x) ? "nan" : absl::StrFormat("%.10g", x); }

size_t Widest(const std::vector<std::string>& names) {
  size_t width = 0;
  for (const std::string& name : names) width = std::max(width, name.size());
  return width;
}

std::string Gradient(const std::vector<std::string>& names, const std::vector<double>& gradient) {
  std::string text = "\ngradient\n";
  for (size_t j = 0; j < names.size(); ++j) {
    const std::string padding(Widest(names) - names[j].size(), ' ');
    absl::StrAppend(&text, "  ", names[j], padding, "  ", Number(gradient[j]), "\n");
  }
  return text;
}

std::string Hessian(const std::vector<std::string>& names, const Tape& tape, const Var& root) {
  const size_t n = names.size();
  std::vector<double> hessian(n * n);
  wengert::Workspace workspace;
  wengert::Hessian(tape, root, hessian, workspace);
  std::vector<std::string> cells = names;
  for (double each : hessian) cells.push_back(Number(each));
  const size_t width = Widest(cells);
  const auto padded = [&](const std::string& cell) {
    return absl::StrCat("  ", std::string(width - cell.size(), ' '), cell);
  };
  std::string text = absl::StrCat("\nhessian\n", padded(""));
  for (const std::string& name : names) absl::StrAppend(&text, padded(name));
  for (size_t i = 0; i < n; ++i) {
    absl::StrAppend(&text, "\n", padded(names[i]));
    for (size_t j = 0; j < n; ++j) absl::StrAppend(&text, padded(cells[n + i * n + j]));
  }
  return text + "\n";
}

// What `dot -Tsvg` prints for a digraph.
absl::Status Render(const std::string& digraph, std::ostream& out) {
  out.flush();
  std::FILE* const dot = popen("dot -Tsvg", "w");
  if (dot == nullptr) return absl::UnavailableError("Graphviz can't be started");
  const auto on_broken_pipe = std::signal(SIGPIPE, SIG_IGN);  // where nobody reads the digraph
  const bool written = std::fwrite(digraph.data(), 1, digraph.size(), dot) == digraph.size();
  const bool drawn = pclose(dot) == 0;
  std::signal(SIGPIPE, on_broken_pipe);
  if (drawn && written) return absl::OkStatus();
  return absl::UnavailableError(
      "Graphviz's dot isn't installed, or failed; --dot prints its input");
}

absl::Status Program(const Tape& tape, size_t n, const Var& root, std::ostream& out) {
  if (root.is_constant()) {
    return absl::InvalidArgumentError("a constant takes no code");
  }
  const auto node = wengert::Operand::Node(tape.NodeOf(root, "wengert --program"));
  const auto batch = wengert::program::Batch::Build(tape, n, node);
  if (!batch.ok()) return batch.status();
  out << (*batch)->instructions() << " instructions for " << (*batch)->width()
      << " points at a time\n"
      << (*batch)->Listing();
  return absl::OkStatus();
}

// Compiled as it is, however few times it might be evaluated.
void ProgramDot(const Expression& expression, absl::Span<const double> x, std::ostream& out) {
  out << Dot(wengert::Function::Record(expression, x, {.compile_after = 0}));
}

absl::Status Check(const Expression& expression, absl::Span<const double> x, std::ostream& out) {
  const wengert::GradientCheck check = wengert::CheckGradient(expression, x);
  out << check.report << "\n";
  return check.ok ? absl::OkStatus() : absl::AbortedError("the gradient is wrong");
}

}  // namespace

absl::Status Report(const Expression& expression, absl::Span<const double> x,
                    const Arguments& arguments, std::ostream& out) {
  using Show = Arguments::Show;
  if (arguments.show == Show::kCheck) return Check(expression, x, out);
  Tape tape;
  const std::vector<Var> inputs = tape.Inputs(x);
  const Var root = expression(inputs);
  if (!arguments.save.empty()) {
    absl::Status saved = wengert::SaveTape(tape, {root}, arguments.save);
    if (!saved.ok()) return saved;
  }
  if (arguments.show == Show::kProgram) return Program(tape, x.size(), root, out);
  if (arguments.show == Show::kProgramDot) {
    ProgramDot(expression, x, out);
    return absl::OkStatus();
  }
  const Adjoints& adjoints = tape.Backward(root);
  if (arguments.show == Show::kSvg) return Render(Dot(tape, &adjoints), out);
  if (arguments.show == Show::kDot) {
    out << Dot(tape, &adjoints);
    return absl::OkStatus();
  }
  const std::vector<std::string>& names = expression.variables();
  out << "value  " << Number(root.value()) << "\n" << Gradient(names, adjoints.Gradient());
  if (arguments.hessian) out << Hessian(names, tape, root);
  out << "\n" << Listing(tape, &adjoints);
  const wengert::NonFinite non_finite = FirstNonFinite(tape, &adjoints);
  if (non_finite.found()) out << "\n" << non_finite.report;
  return absl::OkStatus();
}

absl::Status ReportSaved(const std::string& file, std::ostream& out) {
  absl::StatusOr<wengert::LoadedTape> loaded = wengert::LoadTape(file);
  if (!loaded.ok()) return loaded.status();
  for (const Var& y : loaded->outputs) out << "value  " << Number(loaded->tape->Primal(y)) << "\n";
  const Adjoints* const adjoints =
      loaded->outputs.size() == 1 ? &loaded->tape->Backward(loaded->outputs[0]) : nullptr;
  out << "\n" << Listing(*loaded->tape, adjoints);
  return absl::OkStatus();
}

void ListOperations(std::ostream& out) {
  for (const wengert::OpName& each : wengert::OpNames()) {
    const int arity = wengert::ArityOf(each.op);
    out << each.name << (arity == 1 ? "(a)" : arity == 2 ? "(a, b)" : "(a, b, c)") << "\n";
  }
}

}  // namespace cli
