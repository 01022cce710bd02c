// A file is replaced as a whole or stays, and nothing but a file is replaced.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "test/support/folder.h"
#include "wengert/base/file.h"

namespace wengert {
namespace {

namespace fs = std::filesystem;
using testing::Folder;
using ::testing::HasSubstr;

std::string Text(const std::string& path) {
  std::ifstream in(path);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

void Write(const std::string& path, const std::string& text) { std::ofstream(path) << text; }

mode_t ModeOf(const std::string& path) {
  struct stat about = {};
  return ::lstat(path.c_str(), &about) == 0 ? about.st_mode : 0;
}

void ExpectKept(const std::string& path) {
  const mode_t before = ModeOf(path);
  const absl::Status status = WriteFileAtomically(path, "new");
  EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
  EXPECT_EQ(status.message(), path + " isn't a regular file");
  EXPECT_EQ(ModeOf(path), before);
}

TEST(WrittenFileTest, WhatIsNoRegularFileStaysWhatItIs) {
  const Folder folder;
  fs::create_directory(folder.File("folder"));
  ExpectKept(folder.File("folder"));
  ASSERT_EQ(::mkfifo(folder.File("fifo").c_str(), 0600), 0);
  ExpectKept(folder.File("fifo"));
  fs::create_symlink("fifo", folder.File("link"));
  ExpectKept(folder.File("link"));
  EXPECT_EQ(folder.files(), 3);
}

TEST(WrittenFileTest, ASocketStays) {
  const Folder folder;
  struct sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  const std::string path = folder.File("socket");
  if (path.size() >= sizeof(address.sun_path)) GTEST_SKIP() << "a folder of too long a name";
  path.copy(address.sun_path, path.size());
  const int socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
  ASSERT_EQ(::bind(socket, reinterpret_cast<struct sockaddr*>(&address), sizeof(address)), 0);
  ExpectKept(path);
  ::close(socket);
}

TEST(WrittenFileTest, ADeviceStays) {
  const Folder folder;
  const dev_t what_null_is = 0x103;
  if (::mknod(folder.File("device").c_str(), S_IFCHR | 0600, what_null_is) != 0) {
    GTEST_SKIP() << "devices take privileges";
  }
  ExpectKept(folder.File("device"));
}

TEST(WrittenFileTest, ALinkStaysAndWhatItLeadsToIsReplacedInItsFolder) {
  const Folder folder;
  fs::create_directory(folder.File("far"));
  Write(folder.File("far/file"), "old");
  fs::create_symlink("far/file", folder.File("near"));
  fs::create_symlink("near", folder.File("nearer"));
  const absl::Status status = WriteFileAtomically(folder.File("nearer"), "new");
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(Text(folder.File("far/file")), "new");
  EXPECT_TRUE(fs::is_symlink(folder.File("near")) && fs::is_symlink(folder.File("nearer")));
  EXPECT_FALSE(fs::is_symlink(folder.File("far/file")));
  EXPECT_EQ(folder.files(), 3);
}

TEST(WrittenFileTest, ALinkThatLeadsNowhereIsAnErrorAndStays) {
  const Folder folder;
  for (const char* to : {"none", "link"}) {
    fs::create_symlink(to, folder.File("link"));
    const absl::Status status = WriteFileAtomically(folder.File("link"), "new");
    EXPECT_FALSE(status.ok());
    EXPECT_THAT(std::string(status.message()), HasSubstr("follow the link"));
    EXPECT_TRUE(fs::is_symlink(folder.File("link")));
    EXPECT_EQ(folder.files(), 1);
    fs::remove(folder.File("link"));
  }
}

TEST(WrittenFileTest, AModeIsKeptAndANewFileHasTheUsualOne) {
  const Folder folder;
  const std::string path = folder.File("file");
  const mode_t umask_before = ::umask(027);
  ASSERT_TRUE(WriteFileAtomically(path, "first").ok());
  EXPECT_EQ(ModeOf(path), S_IFREG | mode_t{0640});
  for (const mode_t mode : {0600u, 0666u, 0444u}) {
    ASSERT_EQ(::chmod(path.c_str(), mode), 0);
    const std::string text = absl::StrCat("of mode ", mode);
    ASSERT_TRUE(WriteFileAtomically(path, text).ok());
    EXPECT_EQ(ModeOf(path), S_IFREG | mode);
    EXPECT_EQ(Text(path), text);
  }
  ::umask(umask_before);
}

TEST(WrittenFileTest, AnotherHardLinkKeepsTheOldBytes) {
  const Folder folder;
  Write(folder.File("file"), "old");
  fs::create_hard_link(folder.File("file"), folder.File("other"));
  ASSERT_TRUE(WriteFileAtomically(folder.File("file"), "new").ok());
  EXPECT_EQ(Text(folder.File("file")), "new");
  EXPECT_EQ(Text(folder.File("other")), "old");
}

void TakeNames(const Folder& folder, int begin, int end) {
  for (int k = begin; k < end; ++k) {
    Write(folder.File(absl::StrCat("wengert-", ::getpid(), "-", k, ".new")), "somebody else's");
  }
}

TEST(WrittenFileTest, NamesThatAreTakenArePassedOverSoMany) {
  const Folder folder;
  const std::string path = folder.File("file");
  TakeNames(folder, 0, 999);
  ASSERT_TRUE(WriteFileAtomically(path, "one").ok());
  EXPECT_EQ(folder.files(), 1000);
  TakeNames(folder, 999, 1000);
  EXPECT_TRUE(absl::IsAlreadyExists(WriteFileAtomically(path, "two")));
  EXPECT_EQ(Text(path), "one");
  for (const fs::directory_entry& each : fs::directory_iterator(folder.path())) {
    EXPECT_EQ(Text(each.path()), each.path() == path ? "one" : "somebody else's");
  }
}

TEST(WrittenFileTest, AnyNameThatAFileMayHaveIsTaken) {
  const Folder folder;
  for (const size_t length : {1u, 250u, 255u}) {
    const std::string path = folder.File(std::string(length, 'n'));
    const absl::Status status = WriteFileAtomically(path, "bytes");
    EXPECT_TRUE(status.ok()) << status;
    EXPECT_EQ(Text(path), "bytes");
  }
  EXPECT_FALSE(WriteFileAtomically(folder.File(std::string(256, 'n')), "bytes").ok());
  EXPECT_EQ(folder.files(), 3);
}

// Not root, who reads every folder, but nobody, while this is there.
class Unprivileged {
 public:
  ~Unprivileged() {
    if (was_root_ && ::seteuid(0) != 0) ADD_FAILURE() << "root can't be root again";
  }
  bool is_there() const { return is_there_; }

 private:
  static constexpr uid_t kNobody = 65534;
  const bool was_root_ = ::geteuid() == 0;
  const bool is_there_ = !was_root_ || ::seteuid(kNobody) == 0;
};

TEST(WrittenFileTest, AFolderThatCanBeWrittenButNotReadIsEnough) {
  const Folder folder;
  const std::string path = folder.File("folder/file");
  fs::create_directory(folder.File("folder"));
  fs::permissions(folder.File("folder"), fs::perms{0333});
  {
    const Unprivileged nobody;
    if (!nobody.is_there()) GTEST_SKIP() << "root can't be another here";
    if (::access(folder.path().c_str(), X_OK) != 0) GTEST_SKIP() << "of a folder that is private";
    std::error_code error;
    fs::directory_iterator(folder.File("folder"), error);
    ASSERT_TRUE(error) << "the folder can be read";
    for (const char* text : {"one", "two"}) {
      const absl::Status status = WriteFileAtomically(path, text);
      EXPECT_TRUE(status.ok()) << status;
      EXPECT_EQ(Text(path), text);
    }
  }
  fs::permissions(folder.File("folder"), fs::perms{0777});
}

TEST(WrittenFileTest, AFolderThatCanNotBeWrittenLeavesTheFile) {
  const Folder folder;
  Write(folder.File("file"), "old");
  fs::permissions(folder.path(), fs::perms{0555});
  {
    const Unprivileged nobody;
    if (!nobody.is_there()) GTEST_SKIP() << "root can't be another here";
    EXPECT_TRUE(absl::IsPermissionDenied(WriteFileAtomically(folder.File("file"), "new")));
  }
  EXPECT_EQ(Text(folder.File("file")), "old");
  fs::permissions(folder.path(), fs::perms{0777});
}

}  // namespace
}  // namespace wengert
