// Without libtiff the package still builds; CTIFF says then that it has none.
#if __has_include(<tiffio.h>)
#include <tiffio.h>
#endif
