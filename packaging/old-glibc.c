/* glibc 2.29 gave these functions new versions, which differ only in that they no longer call matherr(3). Bound to the versions that
 * every glibc of the architecture has, the program starts on older systems too (ld's --wrap sends the calls here). */
#ifdef __aarch64__
#define FIRST "GLIBC_2.17"
#else
#define FIRST "GLIBC_2.2.5"
#endif

#define BIND(name, parameters, arguments)                       \
    extern double old_##name parameters;                        \
    __asm__(".symver old_" #name ", " #name "@" FIRST);         \
    double __wrap_##name parameters { return old_##name arguments; }

BIND(exp, (double x), (x))
BIND(log, (double x), (x))
BIND(log2, (double x), (x))
BIND(pow, (double x, double y), (x, y))
