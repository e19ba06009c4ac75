#include "vega.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char script[] = {
#if defined(__has_embed)
#if __has_embed("../../.tools/vega.js")
#embed "../../.tools/vega.js" suffix(, )
#endif
#endif
    0};

const unsigned char *const vega_script = script;
const unsigned long vega_script_length = sizeof script - 1;
