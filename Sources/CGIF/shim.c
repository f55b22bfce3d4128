#include "cgif_shim.h"
