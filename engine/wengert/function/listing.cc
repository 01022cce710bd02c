#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "wengert/base/graphviz.h"
#include "wengert/function/state.h"

namespace wengert {
namespace {

constexpr size_t kMaxTraces = 8;  // of a picture

std::string HeadOf(const Trace& trace, size_t number, const FunctionOptions& options) {
  return absl::StrCat("trace ", number, ": ", trace.tape().size(), " nodes, ",
                      trace.is_compiled() ? "compiled" : "interpreted: ",
                      trace.is_compiled() ? "" : WhyInterpreted(trace, options));
}

std::string Indented(const std::string& lines) {
  std::string text;
  for (absl::string_view line : absl::StrSplit(lines, '\n', absl::SkipEmpty())) {
    absl::StrAppend(&text, "  ", line, "\n");
  }
  return text;
}

// A trace whose tier has no picture is a node.
std::string ClusterOf(const Trace& trace, size_t number, const FunctionOptions& options) {
  const std::string label = LabelText(absl::Utf8SafeCEscape(HeadOf(trace, number, options)));
  const std::string inside =
      trace.is_compiled() ? trace.tier().tier->Dot(absl::StrCat("t", number)) : "";
  if (inside.empty()) return absl::StrCat("  t", number, " [label=\"", label, "\"];\n");
  return absl::StrCat("  subgraph cluster_t", number, " {\n    label=\"", label, "\";\n",
                      Indented(inside), "  }\n");
}

}  // namespace

std::string Listing(const Function& f) {
  std::string text;
  size_t number = 0;
  for (const auto& trace : f.state_->traces().All()) {
    absl::StrAppend(&text, HeadOf(*trace, number++, f.state_->options()), "\n");
    if (trace->is_compiled()) text += Indented(trace->tier().tier->Listing());
  }
  return text;
}

std::string Dot(const Function& f) {
  const std::vector<std::shared_ptr<const Trace>> traces = f.state_->traces().All();
  const size_t shown = std::min(traces.size(), kMaxTraces);
  std::string dot =
      "digraph function {\n  rankdir=LR;\n  fontname=\"Helvetica\";\n"
      "  node [shape=record, fontname=\"Helvetica\"];\n";
  for (size_t t = 0; t < shown; ++t) dot += ClusterOf(*traces[t], t, f.state_->options());
  if (shown < traces.size()) {
    absl::StrAppend(&dot, "  more [label=\"", traces.size() - shown, " more traces\"];\n");
  }
  return absl::StrCat(dot, "}\n");
}

}  // namespace wengert
