#include "test/support/legal_run.h"

#include "absl/strings/str_cat.h"
#include "wengert/ops/ring.h"

namespace wengert::testing {

using program::RecordedGraph;
using program::Run;

namespace {

template <class... Parts>
bool Illegal(std::string* why, const Parts&... parts) {
  if (why != nullptr) *why = absl::StrCat(parts...);
  return false;
}

}  // namespace

RunChecker::RunChecker(const RecordedGraph& graph) : graph_(graph), uses_(graph.nodes.size()) {
  for (uint32_t i = 0; i < graph.nodes.size(); ++i) {
    for (int k = 0; k < graph.nodes[i].arity(); ++k) {
      const Operand operand = graph.nodes[i].operands[k];
      if (!operand.is_constant()) uses_[operand.index()].push_back({i, k});
    }
  }
  for (Operand root : graph.roots) {
    if (!root.is_constant()) uses_[root.index()].push_back({kOutside, 0});
  }
}

bool RunChecker::IsLegal(const Run& run, std::string* why) const {
  return HasShape(run, why) && HasSameOperations(run, why) && LinksAreSums(run, why) &&
         OperandsAreLegal(run, why);
}

bool RunChecker::HasShape(const Run& run, std::string* why) const {
  const uint64_t end = run.first + uint64_t{run.period} * run.count;
  if (run.period == 0 || run.count < 2) return Illegal(why, "it is no loop");
  if (end > graph_.nodes.size()) return Illegal(why, "it ends beyond the graph");
  if (run.links.size() != run.period) return Illegal(why, "links aren't one for each position");
  if (run.is_recurrence() && run.carried.size() != run.period) {
    return Illegal(why, "carried isn't one for each position");
  }
  return true;
}

bool RunChecker::HasSameOperations(const Run& run, std::string* why) const {
  for (uint32_t i = 0; i < run.period * run.count; ++i) {
    const Node& node = graph_.nodes[run.first + i];
    const Node& first = graph_.nodes[run.first + i % run.period];
    if (node.is_leaf()) return Illegal(why, "node ", run.first + i, " is a leaf");
    if (node.op != first.op) {
      return Illegal(why, "node ", run.first + i, " isn't the operation of node ",
                     run.first + i % run.period);
    }
  }
  return true;
}

// The position of the link that position p adds to, seen in iteration 1; the period if there is
// none.
uint32_t RunChecker::LinkBefore(const Run& run, uint32_t p) const {
  const uint32_t begin = run.first + run.period;
  const Operand sum = graph_.nodes[begin + p].operands[run.links[p] - 1];
  const bool is_near = !sum.is_constant() && sum.index() >= run.first && sum.index() < begin + p;
  if (!is_near) return run.period;
  const uint32_t q = (sum.index() - run.first) % run.period;
  const bool is_link_before = sum.index() >= begin ? q < p : q >= p;
  return is_link_before && run.links[q] != 0 ? q : run.period;
}

// Each sum goes through all of its links once in an iteration.
bool RunChecker::LinksAreSums(const Run& run, std::string* why) const {
  for (uint32_t start = 0; start < run.period; ++start) {
    if (run.links[start] == 0) continue;
    uint32_t p = start, crossings = 0, steps = 0;
    do {
      const Node& node = graph_.nodes[run.first + p];
      if (run.links[p] > node.arity() || !IsAddend(node.op, run.links[p] - 1)) {
        return Illegal(why, "the link at position ", p, " isn't an addend");
      }
      const uint32_t before = LinkBefore(run, p);
      if (before == run.period) return Illegal(why, "no link before that at position ", p);
      crossings += before >= p ? 1 : 0;
      p = before;
    } while (p != start && ++steps <= run.period);
    if (crossings != 1 || p != start) {
      return Illegal(why, "the sum of position ", start, " isn't one round of the body");
    }
  }
  return true;
}

bool RunChecker::OperandsAreLegal(const Run& run, std::string* why) const {
  for (uint32_t i = 0; i < run.period * run.count; ++i) {
    const uint32_t node = run.first + i, p = i % run.period, begin = node - p;
    const uint32_t example = run.first + run.period + p;  // in iteration 1
    for (int k = 0; k < graph_.nodes[node].arity(); ++k) {
      const Operand operand = graph_.nodes[node].operands[k];
      const Operand model = graph_.nodes[example].operands[k];
      const bool is_link = run.links[p] == k + 1;
      const bool is_carried = run.is_recurrence() && (run.carried[p] >> k & 1) != 0;
      if (is_link && is_carried)
        return Illegal(why, "the link at position ", p, " is carried, too");
      if (is_link || is_carried) {
        const uint32_t distance = model.is_constant() ? 0 : example - model.index();
        if (is_carried && (distance <= p || distance > p + run.period)) {
          return Illegal(why, "operand ", k, " of position ", p, " isn't of the iteration before");
        }
        const bool from_outside = begin == run.first && distance > p &&
                                  (operand.is_constant() || operand.index() < run.first);
        if (!from_outside && operand != Operand::Node(node - distance)) {
          return Illegal(why, "operand ", k, " of node ", node, " isn't carried as in iteration 1");
        }
        continue;
      }
      const bool is_local = !model.is_constant() && model.index() >= run.first + run.period;
      if (is_local && operand != Operand::Node(node - (example - model.index()))) {
        return Illegal(why, "operand ", k, " of node ", node, " isn't local as in iteration 1");
      }
      if (!is_local && !operand.is_constant() && operand.index() >= run.first) {
        return Illegal(why, "operand ", k, " of node ", node, " is node ", operand.index(),
                       ", of the loop, but not of the iteration");
      }
    }
    if (run.links[p] != 0 && !LinkIsUsedByNext(run, node, why)) return false;
  }
  return true;
}

bool RunChecker::LinkIsUsedByNext(const Run& run, uint32_t node, std::string* why) const {
  const uint32_t p = (node - run.first) % run.period;
  for (uint32_t next = 0; next < run.period; ++next) {
    if (run.links[next] == 0 || LinkBefore(run, next) != p) continue;
    const uint32_t distance = next > p ? next - p : next + run.period - p;
    const uint32_t user = node + distance;
    if (user >= run.first + run.period * run.count) return true;  // the result
    const std::vector<Use>& uses = uses_[node];
    if (uses.size() == 1 && uses[0].user == user && uses[0].operand == run.links[next] - 1) {
      return true;
    }
    return Illegal(why, "node ", node, " is used by more than the next link, node ", user);
  }
  return Illegal(why, "no link after node ", node);
}

bool RunChecker::AreLegal(const std::vector<Run>& runs, std::string* why) const {
  uint64_t end = 0;
  for (const Run& run : runs) {
    if (run.first < end) return Illegal(why, "runs overlap at node ", run.first);
    end = run.first + uint64_t{run.period} * run.count;
    if (!IsLegal(run, why)) {
      if (why != nullptr) {
        *why = absl::StrCat("run ", run.first, ": ", run.period, " x ", run.count, ": ", *why);
      }
      return false;
    }
  }
  return true;
}

bool IsLegal(const RecordedGraph& graph, const Run& run, std::string* why) {
  return RunChecker(graph).IsLegal(run, why);
}

}  // namespace wengert::testing
