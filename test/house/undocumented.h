#ifndef WENGERT_TEST_HOUSE_UNDOCUMENTED_H_
#define WENGERT_TEST_HOUSE_UNDOCUMENTED_H_

// A header in which one member has no comment.

// Documented.
struct Example {
  int said;  // said
  int unsaid;
};

#endif  // WENGERT_TEST_HOUSE_UNDOCUMENTED_H_
