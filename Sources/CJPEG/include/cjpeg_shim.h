// libjpeg behind functions that return codes; its setjmp never reaches Swift.
