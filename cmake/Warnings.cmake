# Warnings of this project's own targets; nothing here reaches a user of the library.

function(wengert_set_warnings target)
  set(warnings -Wall -Wextra -Wshadow -Wconversion)
  if(WENGERT_WARNINGS_AS_ERRORS)
    list(APPEND warnings -Werror)
  endif()
  target_compile_options(
    ${target} PRIVATE "$<$<CXX_COMPILER_ID:GNU,Clang,AppleClang>:${warnings}>"
  )
endfunction()
