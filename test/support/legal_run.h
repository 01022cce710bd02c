#ifndef WENGERT_TEST_SUPPORT_LEGAL_RUN_H_
#define WENGERT_TEST_SUPPORT_LEGAL_RUN_H_

// Whether a run is a loop in the sense of program/run.h, decided from the definition alone: every
// operand of every node, and every use of every sum, one after the other.

#include <cstdint>
#include <string>
#include <vector>

#include "wengert/program/recorded.h"
#include "wengert/program/run.h"

namespace wengert::testing {

// Of one graph, whose uses are listed once.
class RunChecker {
 public:
  explicit RunChecker(const program::RecordedGraph& graph);

  // If not, `why` says what is wrong and where.
  bool IsLegal(const program::Run& run, std::string* why) const;
  // Whether the runs are legal, in ascending order, and disjoint.
  bool AreLegal(const std::vector<program::Run>& runs, std::string* why) const;

 private:
  struct Use {
    uint32_t user;  // a node, or kOutside for a root
    int operand;
  };
  static constexpr uint32_t kOutside = ~uint32_t{0};

  bool HasShape(const program::Run& run, std::string* why) const;
  bool HasSameOperations(const program::Run& run, std::string* why) const;
  bool LinksAreSums(const program::Run& run, std::string* why) const;
  bool OperandsAreLegal(const program::Run& run, std::string* why) const;
  bool LinkIsUsedByNext(const program::Run& run, uint32_t node, std::string* why) const;
  uint32_t LinkBefore(const program::Run& run, uint32_t p) const;

  const program::RecordedGraph& graph_;
  std::vector<std::vector<Use>> uses_;
};

bool IsLegal(const program::RecordedGraph& graph, const program::Run& run, std::string* why);

}  // namespace wengert::testing

#endif  // WENGERT_TEST_SUPPORT_LEGAL_RUN_H_
