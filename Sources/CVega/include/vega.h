#pragma once

/// The chart library as one script in UTF-8, as `scripts/charts` fetched it; of length 0 where it was
/// not there at build time.
extern const unsigned char *const vega_script;
extern const unsigned long vega_script_length;
