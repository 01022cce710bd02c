#include <cstdint>
#include <new>
#include <stdexcept>
#include <string>
#include <utility>

#include "gtest/gtest.h"
#include "wengert/base/buffer.h"
#include "wengert/base/check.h"

namespace wengert {
namespace {

TEST(Buffer, BeginsEmptyAndTakesNoMemory) {
  const Buffer<double> buffer;
  EXPECT_EQ(buffer.capacity(), 0u);
  EXPECT_EQ(buffer.bytes(), 0u);
  EXPECT_EQ(buffer.data(), nullptr);
}

TEST(Buffer, ReserveKeepsWhatWasWritten) {
  Buffer<double> buffer;
  buffer.Reserve(3);
  for (size_t i = 0; i < 3; ++i) buffer[i] = 1.5 * static_cast<double>(i);
  buffer.Reserve(100000);
  EXPECT_EQ(buffer.capacity(), 100000u);
  EXPECT_EQ(buffer.bytes(), 100000 * sizeof(double));
  for (size_t i = 0; i < 3; ++i) EXPECT_EQ(buffer[i], 1.5 * static_cast<double>(i));
}

TEST(Buffer, ReserveOfLessChangesNothing) {
  Buffer<int32_t> buffer;
  buffer.Reserve(10);
  const int32_t* const before = buffer.data();
  buffer.Reserve(4);
  buffer.Reserve(0);
  EXPECT_EQ(buffer.capacity(), 10u);
  EXPECT_EQ(buffer.data(), before);
}

TEST(Buffer, ThrowsBadAllocAndStaysAsItWasWhereMemoryCannotBeHad) {
  Buffer<double> buffer;
  buffer.Reserve(2);
  buffer[1] = 7;
  EXPECT_THROW(buffer.Reserve(SIZE_MAX), std::bad_alloc) << "the byte count wraps";
  EXPECT_THROW(buffer.Reserve(SIZE_MAX / sizeof(double) + 1), std::bad_alloc) << "just wraps";
  EXPECT_EQ(buffer.capacity(), 2u);
  EXPECT_EQ(buffer[1], 7);
}

TEST(Buffer, MovesWithoutCopying) {
  Buffer<double> from;
  from.Reserve(5);
  from[4] = 4;
  const double* const data = from.data();
  Buffer<double> to = std::move(from);
  EXPECT_EQ(to.data(), data);
  EXPECT_EQ(to[4], 4);
  EXPECT_EQ(from.capacity(), 0u);  // NOLINT(bugprone-use-after-move)
  EXPECT_EQ(from.data(), nullptr);

  Buffer<double> other;
  other.Reserve(1);
  other = std::move(to);
  EXPECT_EQ(other.data(), data);
  EXPECT_EQ(other.capacity(), 5u);
}

TEST(UsageError, SaysWhereWhatAndHowToMendIt) {
  try {
    ThrowUsageError("Tape::Replay", "the point has 2 numbers, the tape 3 inputs", "give 3 numbers");
  } catch (const UsageError& error) {
    EXPECT_EQ(std::string(error.what()),
              "Tape::Replay: the point has 2 numbers, the tape 3 inputs; give 3 numbers");
    return;
  }
  FAIL() << "nothing was thrown";
}

TEST(UsageError, IsALogicError) {
  EXPECT_THROW(ThrowUsageError("here", "what", "mend"), std::logic_error);
}

}  // namespace
}  // namespace wengert
