#ifndef WENGERT_TEST_SUPPORT_STORED_H_
#define WENGERT_TEST_SUPPORT_STORED_H_

// Tapes and Functions as bytes, for what is said of all files.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "wengert/wengert.h"

namespace wengert::testing {

// Every operation of the table once, and every way in which records, guards, constants and marks
// are stored.
void RecordEverything(Tape& tape, std::vector<Var>& outputs);

// Parameters, one with a name, and four traces.
Function BranchingFunction(const FunctionOptions& options = {});

struct StoredFile {
  std::string name;
  std::string bytes;
  bool is_function = false;
};

// 20 files: of the zoo, of random programs with loops, of everything, of Functions.
const std::vector<StoredFile>& StoredFiles();

// With its length and its checksum made right, as a forger would.
std::string Mended(std::string bytes);

// Loads it and makes use of it: sweeps forward and back, replays where it is, reads it as nodes;
// asks every driver of a Function, and those of some that are compiled. False, if there is an
// error. Throws std::logic_error if what was loaded isn't what the bytes say: if saving it gives
// others, or replaying it other primals.
bool LoadAndUse(std::string_view bytes, bool is_function, absl::Status* status = nullptr);

// Whether two tapes have the same records, primals and guards, bit by bit.
bool SameTape(const Tape& a, const Tape& b);

}  // namespace wengert::testing

#endif  // WENGERT_TEST_SUPPORT_STORED_H_
