#ifndef WENGERT_BASE_SANITIZED_H_
#define WENGERT_BASE_SANITIZED_H_

// WENGERT_SANITIZED: whether a sanitizer's checks are compiled into this file.

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define WENGERT_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
    __has_feature(memory_sanitizer)
#define WENGERT_SANITIZED 1
#endif
#endif

#if !defined(WENGERT_SANITIZED)
#define WENGERT_SANITIZED 0
#endif

#endif  // WENGERT_BASE_SANITIZED_H_
