// Without libwebp the module is empty, and CWebP says so.
#pragma once
#if __has_include(<webp/decode.h>)
#include <webp/decode.h>
#endif
