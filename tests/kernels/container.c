/* What the guest of tests/kernels/record runs: containers as an engine starts them, and ways to hang. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static void put(const char *path, const char *text)
{
    int file = open(path, O_WRONLY | O_CREAT, 0644);
    if (file < 0 || write(file, text, strlen(text)) < 0)
        fail(path);
    close(file);
}

static void *write_to(void *path)
{
    usleep(300000); /* The leader is a zombie by then. */
    put(path, "x");
    return NULL;
}

int main(int argc, char **argv)
{
    const char *how = argc > 2 ? argv[1] : "";
    if (strcmp(how, "write") == 0) {
        put(argv[2], "x");
    } else if (strcmp(how, "thread") == 0) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, write_to, argv[2]) != 0)
            fail("pthread_create");
        syscall(SYS_exit, 0); /* This thread alone. */
    } else if (strcmp(how, "vfork") == 0) {
        if (vfork() == 0)
            for (;;)
                pause();
    } else if (strcmp(how, "run") == 0) {
        /* run PIDFILE CGROUP.PROCS... -- COMMAND...: the shim of a container; its init is process 1 of a namespace, in those cgroups. */
        int command = 3;
        while (command < argc && strcmp(argv[command], "--") != 0)
            command++;
        if (command >= argc - 1)
            return 2;
        if (unshare(CLONE_NEWPID | CLONE_NEWNS) != 0)
            fail("unshare");
        pid_t init = fork();
        if (init == 0) {
            for (int i = 3; i < command; i++)
                put(argv[i], "0");
            execv(argv[command + 1], argv + command + 1);
            fail("execv");
        }
        char number[16];
        snprintf(number, sizeof number, "%d\n", init);
        put(argv[2], number);
        while (wait(NULL) > 0)
            ;
    } else {
        return 2;
    }
    return 0;
}
