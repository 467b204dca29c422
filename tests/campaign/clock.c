/*
 * A wall clock of its own for one process: adds the seconds in the file that CAMPAIGN_CLOCK names to what the wall clock says, from the moment they
 * are written there. The other clocks are the machine's, as they are where somebody sets the time. A time namespace does not move the wall clock
 * (time_namespaces(7)), and setting the machine's own would move it for everybody.
 *
 * cc -shared -fPIC -O2 -o clock.so clock.c; LD_PRELOAD=clock.so CAMPAIGN_CLOCK=FILE PROGRAM
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const volatile int64_t *ahead;

static int (*clock_gettime_of_libc)(clockid_t, struct timespec *);

/* Called on first use as well: what is loaded before may ask for the time in its own constructor. */
__attribute__((constructor)) static void begin(void)
{
    clock_gettime_of_libc = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    const char *path = getenv("CAMPAIGN_CLOCK");
    int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0)
        return;
    void *mapped = mmap(NULL, sizeof *ahead, PROT_READ, MAP_SHARED, file, 0);
    close(file);
    if (mapped != MAP_FAILED)
        ahead = mapped;
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    if (!clock_gettime_of_libc)
        begin();
    int result = clock_gettime_of_libc(clock, now);
    if (result == 0 && ahead && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
        now->tv_sec += *ahead;
    return result;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
    struct timespec time;
    int result = clock_gettime(CLOCK_REALTIME, &time);
    (void)zone;
    now->tv_sec = time.tv_sec;
    now->tv_usec = time.tv_nsec / 1000;
    return result;
}

time_t time(time_t *now)
{
    struct timespec time;
    clock_gettime(CLOCK_REALTIME, &time);
    if (now)
        *now = time.tv_sec;
    return time.tv_sec;
}
