# WENGERT_SANITIZE names the sanitizers for every target of this project. Dependencies are taken as
# they are: an uninstrumented Abseil or GoogleTest links with both sets.

if("thread" IN_LIST WENGERT_SANITIZE AND "address" IN_LIST WENGERT_SANITIZE)
  message(FATAL_ERROR "WENGERT_SANITIZE: thread and address exclude each other")
endif()

function(wengert_set_sanitizers target)
  if(NOT WENGERT_SANITIZE)
    return()
  endif()
  list(JOIN WENGERT_SANITIZE "," sanitizers)
  # Public on purpose: whatever links an instrumented library needs the same runtime.
  target_compile_options(
    ${target} PUBLIC -fsanitize=${sanitizers} -fno-sanitize-recover=all -fno-omit-frame-pointer
  )
  target_link_options(${target} PUBLIC -fsanitize=${sanitizers})
endfunction()
