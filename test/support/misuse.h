#ifndef WENGERT_TEST_SUPPORT_MISUSE_H_
#define WENGERT_TEST_SUPPORT_MISUSE_H_

// One way to misuse the library, and what its message has to say: that of the exception, or, in a
// program that is compiled without exceptions, the last that is heard of it.

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <set>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "wengert/wengert.h"

namespace wengert::testing {

struct Message {
  const char* where;  // it begins so
  const char* what;   // and says this
  const char* mend;   // and this, after the semicolon
};

// What a message says: without the place, and with # for each of its numbers.
inline std::string Saying(const std::string& message) {
  std::string saying;
  for (const char c : message.substr(std::min(message.find(": "), message.size()))) {
    const bool is_digit = c >= '0' && c <= '9';
    if (!is_digit) saying += c;
    if (is_digit && !saying.ends_with('#')) saying += '#';
  }
  return saying;
}

// Of a whole test program, printed at its end, and asserted if all of it was run.
class MisuseReport : public ::testing::Environment {
 public:
  int tried = 0, silent = 0;
  std::set<std::string> cases, sayings;

  void TearDown() override {
    std::printf("%d misuses, %d of them silent, %zu names, %zu messages\n", tried, silent,
                cases.size(), sayings.size());
    const ::testing::UnitTest& all = *::testing::UnitTest::GetInstance();
    if (all.test_to_run_count() < all.total_test_count()) return;
    EXPECT_GE(cases.size(), 30u);
    EXPECT_GE(sayings.size(), 40u);
  }
};

inline auto* const misuse_report =
    static_cast<MisuseReport*>(::testing::AddGlobalTestEnvironment(new MisuseReport));

#if defined(__cpp_exceptions)
inline std::string MessageOf(absl::FunctionRef<void()> f) {
  try {
    f();
  } catch (const UsageError& error) {
    return error.what();
  }
  return "";
}
#else
// GoogleTest, which has exceptions, would catch the library's: before it reads its flags.
[[gnu::constructor(101)]] static void LetExceptionsEndTheProgram() {
  setenv("GTEST_CATCH_EXCEPTIONS", "0", 1);
}

// A copy of the program does it.
inline std::string MessageOf(absl::FunctionRef<void()> f) {
  int ends[2];
  if (pipe(ends) != 0) return "";
  const pid_t copy = fork();
  if (copy == 0) {
    dup2(ends[1], STDERR_FILENO);
    f();
    _exit(0);
  }
  close(ends[1]);
  std::string text;
  char part[256];
  for (ssize_t n; (n = read(ends[0], part, sizeof(part))) > 0;) {
    text.append(part, static_cast<size_t>(n));
  }
  close(ends[0]);
  int status = 0;
  waitpid(copy, &status, 0);
  const std::string head = "what():  ";
  const size_t begin = text.find(head);
  if (!WIFSIGNALED(status) || begin == std::string::npos) return "";
  return text.substr(begin + head.size(), text.find('\n', begin) - begin - head.size());
}
#endif

// Fails unless f is answered by a UsageError "where: ... what ...; ... mend ...".
inline void ExpectMisuse(const char* name, const Message& message, absl::FunctionRef<void()> f) {
  SCOPED_TRACE(name);
  const std::string text = MessageOf(f);
  ++misuse_report->tried;
  misuse_report->cases.insert(name);
  misuse_report->silent += text.empty();
  ASSERT_NE(text, "") << "no UsageError";
  misuse_report->sayings.insert(Saying(text));
  const size_t mend = text.find("; ");
  ASSERT_NE(mend, std::string::npos) << text;
  EXPECT_EQ(text.rfind(std::string(message.where) + ": ", 0), 0u) << text;
  EXPECT_LT(text.find(message.what), mend) << text;
  EXPECT_NE(text.find(message.mend, mend), std::string::npos) << text;
}

}  // namespace wengert::testing

#endif  // WENGERT_TEST_SUPPORT_MISUSE_H_
