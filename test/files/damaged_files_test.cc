// Files that were damaged or forged: an error, or the program that the bytes say, to the byte;
// never a crash, a hang or memory out of proportion. WENGERT_LONG_TESTS takes every case of the
// ones whose checksum was mended, normally it is a sample.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "test/support/counting_new.h"
#include "test/support/stored.h"
#include "wengert/base/bytes.h"

// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming): the linker's names
extern "C" void* __real_realloc(void* block, size_t size);
extern "C" void* __wrap_realloc(void* block, size_t size) {
  wengert::testing::allocated_bytes += size;
  return __real_realloc(block, size);
}
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)

namespace wengert {
namespace {

using testing::LoadAndUse;
using testing::Mended;
using testing::StoredFile;
using testing::StoredFiles;

bool IsLong() { return std::getenv("WENGERT_LONG_TESTS") != nullptr; }

constexpr size_t kContentAt = 24, kChecksum = 8;

// What loading may allocate, in all.
size_t MostBytes(size_t file, bool is_function) { return (is_function ? 128 : 64) * file + 4096; }

// What files turned out to be; printed, for it is what is promised.
struct Tally {
  size_t tried = 0, errors = 0, identical = 0, other_programs = 0, failed = 0;

  void Print(const char* what) const {
    std::printf(
        "%s: %zu tried, %zu failed; %zu errors, %zu the identical program, %zu the program that "
        "the "
        "forged bytes say\n",
        what, tried, failed, errors, identical, other_programs);
  }
};

void Try(const StoredFile& file, const std::string& bytes, const std::string& what, Tally& tally) {
  ++tally.tried;
  absl::Status status;
  const size_t before = testing::allocated_bytes;
  try {
    if (LoadAndUse(bytes, file.is_function, &status)) {
      ++(bytes == file.bytes ? tally.identical : tally.other_programs);
      return;
    }
    ++tally.errors;
    const size_t allocated = testing::allocated_bytes - before;
    const bool is_small = allocated <= MostBytes(bytes.size(), file.is_function);
    const bool says_where =
        absl::StrContains(status.message(), "byte ") && absl::StrContains(status.message(), ": ");
    if (is_small && says_where) return;
    ADD_FAILURE() << file.name << ", " << what << ": " << status << "; allocated " << allocated;
  } catch (const std::exception& error) {
    ADD_FAILURE() << file.name << ", " << what << ": " << error.what();
  }
  if (++tally.failed > 20) FAIL() << "and so on";
}

// Of an unmended file: nothing but an error will do.
void ExpectErrorsOnly(const Tally& tally, const char* what) {
  tally.Print(what);
  EXPECT_EQ(tally.errors, tally.tried);
}

size_t Step(size_t step) { return IsLong() ? 1 : step; }

TEST(DamagedFilesTest, TheFilesThemselvesAreWhatTheySay) {
  EXPECT_EQ(StoredFiles().size(), 20);
  size_t bytes = 0;
  for (const StoredFile& file : StoredFiles()) {
    EXPECT_TRUE(LoadAndUse(file.bytes, file.is_function)) << file.name;
    EXPECT_EQ(Mended(file.bytes), file.bytes) << file.name;
    bytes += file.bytes.size();
  }
  std::printf("20 files, %zu bytes\n", bytes);
}

template <class Load>
void ExpectMemoryInProportion(const std::string& bytes, bool is_function, const Load& load) {
  const size_t before = testing::allocated_bytes;
  const auto loaded = load(bytes);
  const size_t allocated = testing::allocated_bytes - before;
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_LE(allocated, MostBytes(bytes.size(), is_function));
  EXPECT_GT(allocated, bytes.size());
}

void ExpectMemoryInProportion(const StoredFile& file) {
  SCOPED_TRACE(file.name);
  if (file.is_function) {
    ExpectMemoryInProportion(file.bytes, true, [](auto& b) { return Function::FromBytes(b); });
  } else {
    ExpectMemoryInProportion(file.bytes, false, [](auto& b) { return TapeFromBytes(b); });
  }
}

TEST(DamagedFilesTest, LoadingTakesMemoryInProportion) {
  for (const StoredFile& file : StoredFiles()) ExpectMemoryInProportion(file);
}

TEST(DamagedFilesTest, EverySingleBitThatFlipsIsNoticed) {
  Tally tally;
  for (const StoredFile& file : StoredFiles()) {
    std::string bytes = file.bytes;
    for (size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
      const auto flip = [&] { bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ 1 << bit % 8); };
      flip();
      Try(file, bytes, absl::StrCat("bit ", bit), tally);
      flip();
    }
  }
  ExpectErrorsOnly(tally, "single bits flipped");
  EXPECT_GE(tally.tried, 100000);
}

TEST(DamagedFilesTest, SingleBitsThatFlipUnderAMendedChecksum) {
  Tally tally;
  for (const StoredFile& file : StoredFiles()) {
    const size_t end = 8 * (file.bytes.size() - kChecksum);
    for (size_t bit = 0; bit < end; bit += Step(199)) {
      std::string bytes = file.bytes;
      bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ 1 << bit % 8);
      Try(file, Mended(std::move(bytes)), absl::StrCat("bit ", bit), tally);
    }
  }
  tally.Print("single bits flipped, checksum mended");
  EXPECT_GT(tally.errors, tally.tried / 10);
}

// Among them are the shapes of operands, of which most combinations are no form at all.
TEST(DamagedFilesTest, LettersThatAreOthersUnderAMendedChecksum) {
  constexpr absl::string_view kLetters = "npcst";
  Tally tally;
  for (const StoredFile& file : StoredFiles()) {
    if (file.name != "everything") continue;
    for (size_t at = 0; at < file.bytes.size() - kChecksum; ++at) {
      if (!absl::StrContains(kLetters, file.bytes[at])) continue;
      for (const char letter : kLetters) {
        std::string bytes = file.bytes;
        bytes[at] = letter;
        Try(file, Mended(std::move(bytes)),
            absl::StrCat("byte ", at, " is ", std::string(1, letter)), tally);
      }
    }
  }
  tally.Print("letters replaced, checksum mended");
  EXPECT_GT(tally.errors, 500);
}

TEST(DamagedFilesTest, EveryTruncation) {
  Tally plain, mended;
  for (const StoredFile& file : StoredFiles()) {
    for (size_t size = 0; size < file.bytes.size(); ++size) {
      Try(file, file.bytes.substr(0, size), absl::StrCat("truncated to ", size), plain);
    }
    for (size_t size = kContentAt + kChecksum; size < file.bytes.size(); size += Step(11)) {
      Try(file, Mended(file.bytes.substr(0, size)), absl::StrCat("mended at ", size), mended);
    }
  }
  ExpectErrorsOnly(plain, "truncated");
  ExpectErrorsOnly(mended, "truncated, length and checksum mended");
}

TEST(DamagedFilesTest, InsertedBytes) {
  Tally plain, mended;
  for (const StoredFile& file : StoredFiles()) {
    for (size_t at = 0; at <= file.bytes.size(); at += Step(5)) {
      for (const size_t count : {size_t{1}, size_t{8}}) {
        for (const char byte : {'\0', '\1', '\x80', '\xff'}) {
          std::string bytes = file.bytes;
          bytes.insert(at, count, byte);
          const std::string what = absl::StrCat(count, " inserted at ", at);
          Try(file, bytes, what, plain);
          if (at % Step(7) == 0) Try(file, Mended(std::move(bytes)), what, mended);
        }
      }
    }
  }
  ExpectErrorsOnly(plain, "bytes inserted");
  mended.Print("bytes inserted, length and checksum mended");
}

// A field is a byte, a varint of one or more, or a double: one, two, five and eight bytes are set
// to what fields are likely to fail at.
TEST(DamagedFilesTest, FieldsThatWereForged) {
  const std::string values[] = {std::string("\0", 1),
                                "\1",
                                "\2",
                                "n",
                                "c",
                                "\x7f",
                                "\x80",
                                "\xff",
                                "\x80\1",
                                "\xff\x7f",
                                "\xff\xff\xff\xff\x07",
                                "\x80\x80\x80\x80\x10",
                                "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
                                std::string("\0\0\0\0\0\0\xf0\x7f", 8),
                                std::string("\0\0\0\0\0\0\xf8\x7f", 8)};
  Tally tally;
  for (const StoredFile& file : StoredFiles()) {
    for (size_t at = 0; at < file.bytes.size() - kChecksum; at += Step(191)) {
      for (const std::string& value : values) {
        std::string bytes = file.bytes;
        bytes.replace(at, value.size(), value);
        Try(file, Mended(std::move(bytes)), absl::StrCat("field at ", at), tally);
      }
    }
  }
  tally.Print("fields forged, checksum mended");
  EXPECT_GT(tally.errors, tally.tried / 3);
}

// Files of contents.
std::string TapeOf(const std::string& content) {
  const std::string header = TapeToBytes(Tape(), {}).value().substr(0, kContentAt);
  return Mended(header + content + std::string(kChecksum, '\0'));
}
std::string FunctionOf(size_t n, const std::vector<std::string>& tapes) {
  const Function any = Function::Record([](absl::Span<const Var>) { return Var(0.0); }, {});
  ByteWriter file;
  file.bytes() = any.ToBytes().value().substr(0, kContentAt);
  for (const size_t count : {n, size_t{0}, size_t{0}, tapes.size()}) file.Varint(count);
  for (const std::string& tape : tapes) {
    file.Varint(0);  // named parameters
    file.bytes() += tape;
  }
  file.Fixed64(0);
  return Mended(std::move(file.bytes()));
}

std::string ContentOf(const Tape& tape, const std::vector<Var>& outputs) {
  const std::string bytes = TapeToBytes(tape, outputs).value();
  return bytes.substr(kContentAt, bytes.size() - kContentAt - kChecksum);
}

// Of one input, whose ceiling is so many guards.
std::string TraceAt(double x, int guards = 1) {
  Tape tape;
  const Var input = tape.Input(x);
  for (; guards > 0; --guards) Tape::RecordGuard(Op::kCeil, input, input, std::ceil(x));
  return ContentOf(tape, {});
}

// Six bytes are a trace, but all of them are the same.
TEST(DamagedFilesTest, ManyEmptyTraces) {
  Tally tally;
  const std::string empty(5, '\0');
  for (const size_t traces : {2u, 10u, 1000u, 100'000u}) {
    const std::string bytes = FunctionOf(0, std::vector<std::string>(traces, empty));
    Try({"", "", true}, bytes, absl::StrCat(traces, " empty traces"), tally);
  }
  ExpectErrorsOnly(tally, "empty traces");
}

// The shortest that differ from each other.
TEST(DamagedFilesTest, ManyShortTraces) {
  std::vector<std::string> traces;
  for (int k = 2; k < 5000; ++k) traces.push_back(TraceAt(k));
  ExpectMemoryInProportion({"", FunctionOf(1, traces), true});
}

absl::Status StatusOf(const std::string& bytes, bool is_function = false) {
  absl::Status status;
  LoadAndUse(bytes, is_function, &status);
  return status;
}

// What is short in a file: a seal, an output, a guard.
TEST(DamagedFilesTest, ManyOfOneKind) {
  Tape tape;
  const Var x = tape.Input(1.0);
  std::string seals = ContentOf(tape, {});
  const size_t records = 2;  // behind no operations and no forms
  ASSERT_EQ(seals[records], '\1');
  seals.replace(records, 1, "\xff\xff\1");
  seals.insert(seals.size() - 2, 0x7ffe, '\1');
  for (const std::string& trace :
       {seals, TraceAt(1.0, 20'000), ContentOf(tape, std::vector<Var>(20'000, x))}) {
    ExpectMemoryInProportion({"", TapeOf(trace)});
    ExpectMemoryInProportion({"", FunctionOf(1, {trace}), true});
  }
}

TEST(DamagedFilesTest, ZerosOfEitherSignAreOneBranch) {
  EXPECT_TRUE(StatusOf(FunctionOf(1, {TraceAt(0.0), TraceAt(2.0)}), true).ok());
  const absl::Status status =
      StatusOf(FunctionOf(1, {TraceAt(0.0), TraceAt(2.0), TraceAt(-0.0)}), true);
  EXPECT_TRUE(absl::StrContains(status.message(), "traces that differ in the outcome")) << status;
}

TEST(DamagedFilesTest, ATailBehindWhatNeedsItsPrimal) {
  Tape tape;
  const Var x = tape.Input(0.5);
  const Var y = -(x * x + x);
  const Var z = exp(exp(y));
  std::string bytes = TapeToBytes(tape, {z}).value();
  EXPECT_TRUE(LoadAndUse(bytes, false));
  const size_t last = bytes.size() - kChecksum - 5;  // record, before no guards and one output
  ASSERT_EQ(bytes[last], '\4') << "the third form, exp";
  bytes[last] = '\3';  // the second, neg
  EXPECT_TRUE(absl::StrContains(StatusOf(Mended(bytes)).message(), "a tail behind a polynomial"));
}

TEST(DamagedFilesTest, ErrorsSayWhereAndWhatWasExpected) {
  Tape tape;
  const Var x = tape.Input(2.0);
  const Var y = exp(x) + 3.0;
  const std::string good = TapeToBytes(tape, {y}).value();
  std::string bytes = good;
  bytes[0] = 'x';
  EXPECT_TRUE(absl::IsInvalidArgument(StatusOf(bytes)));
  EXPECT_EQ(std::string(StatusOf(good.substr(0, 40)).message()),
            absl::StrCat("byte 16: expected the length of the file, 40, not ", good.size()));
  bytes = good;
  bytes[8] = 2;
  EXPECT_TRUE(absl::IsUnimplemented(StatusOf(bytes)));
  EXPECT_TRUE(absl::StrContains(StatusOf(bytes).message(),
                                "byte 8: expected version 1 of the format, not 2"));
  bytes = good;
  bytes[50] ^= 1;
  EXPECT_TRUE(absl::IsDataLoss(StatusOf(bytes)));
  EXPECT_TRUE(absl::StrContains(StatusOf(bytes).message(), "the file is damaged"));
  bytes = good;
  bytes.replace(bytes.find("exp"), 3, "exq");
  EXPECT_TRUE(absl::IsUnimplemented(StatusOf(Mended(bytes))));
  EXPECT_EQ(std::string(StatusOf(Mended(bytes)).message()),
            "byte 25: expected an operation that this release has, not \"exq\" of 1 operands");
}

}  // namespace
}  // namespace wengert
