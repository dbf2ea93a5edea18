// Ways to make small appends to many files durable: the measurement behind decisions/0014. Built and run by
// bench/sync-ways.
//   sync-ways DIR WAY FILES BYTES ROUNDS
// A round appends BYTES to each of FILES files and then makes all of that durable:
//   append    fdatasync of each file
//   prealloc  the same, over blocks that the files have already
//   wal       the bytes are copied into one file that has its blocks already, which is synced
//   direct    the same, past the page cache
//   syncfs    one sync of the whole file system
// Printed: time from the end of the writes until everything is durable, throughput, CPU, and what a sync of all files
// takes afterwards (which a write-ahead log has still before it).
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { BLOCK = 4096, CHUNK = 1 << 20, WAL_BYTES = 64 << 20, ENTRY = 32 };

static double now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec + t.tv_nsec / 1e9; }
static double cpu(void) {
    struct rusage r; getrusage(RUSAGE_SELF, &r);
    return r.ru_utime.tv_sec + r.ru_stime.tv_sec + (r.ru_utime.tv_usec + r.ru_stime.tv_usec) / 1e6;
}
static void die(const char *what) { perror(what); exit(1); }
static int ascending(const void *a, const void *b) { double x = *(double *)a, y = *(double *)b; return x < y ? -1 : x > y; }

static void fill(int fd, size_t bytes) {
    static char zeros[CHUNK];
    for (size_t at = 0; at < bytes; at += CHUNK) {
        size_t n = bytes - at < CHUNK ? bytes - at : CHUNK;
        if (pwrite(fd, zeros, n, at) != (ssize_t)n) die("fill");
    }
}

int main(int argc, char **argv) {
    if (argc != 6) { fprintf(stderr, "usage: sync-ways DIR append|prealloc|wal|direct|syncfs FILES BYTES ROUNDS\n"); return 2; }
    const char *dir = argv[1], *way = argv[2];
    int files = atoi(argv[3]), rounds = atoi(argv[5]), isDirect = !strcmp(way, "direct"),
        isWal = isDirect || !strcmp(way, "wal");
    size_t bytes = atol(argv[4]);
    char path[4096], *data = malloc(bytes), *copy = aligned_alloc(BLOCK, (bytes + ENTRY) * files / BLOCK * BLOCK + 2 * BLOCK);
    int *fd = malloc(sizeof *fd * files), wal = -1;
    double *took = malloc(sizeof *took * rounds);
    memset(data, 'x', bytes);
    for (int i = 0; i < files; i++) {
        snprintf(path, sizeof path, "%s/file%d", dir, i);
        if ((fd[i] = open(path, O_CREAT | O_TRUNC | O_RDWR, 0600)) < 0) die(path);
        if (!strcmp(way, "prealloc")) fill(fd[i], bytes * rounds);
    }
    if (isWal) {
        snprintf(path, sizeof path, "%s/wal", dir);
        if ((wal = open(path, O_CREAT | O_TRUNC | O_RDWR, 0600)) < 0) die(path);
        fill(wal, WAL_BYTES);
        if (isDirect) {
            close(wal);
            if ((wal = open(path, O_RDWR | O_DIRECT)) < 0) die(path);
        }
    }
    sync();

    double start = now(), startCpu = cpu();
    size_t walAt = 0;
    for (int r = 0; r < rounds; r++) {
        for (int i = 0; i < files; i++) if (pwrite(fd[i], data, bytes, bytes * r) != (ssize_t)bytes) die("write");
        double t = now();
        if (isWal) {
            size_t n = 0;
            for (int i = 0; i < files; i++, n += bytes + ENTRY) if (pread(fd[i], copy + n, bytes, bytes * r) < 0) die("read");
            n = (n + BLOCK - 1) / BLOCK * BLOCK;
            if (walAt + n > WAL_BYTES) walAt = 0;
            for (size_t done = 0; done < n;) {
                ssize_t k = pwrite(wal, copy + done, n - done, walAt + done);
                if (k <= 0) die("write");
                done += k;
            }
            walAt += n;
            if (fdatasync(wal)) die("sync");
        } else if (!strcmp(way, "syncfs")) {
            if (syncfs(fd[0])) die("syncfs");
        } else {
            for (int i = 0; i < files; i++) if (fdatasync(fd[i])) die("sync");
        }
        took[r] = now() - t;
    }
    double seconds = now() - start, seconds_cpu = cpu() - startCpu, gb = (double)files * bytes * rounds / 1e9;
    double t = now();
    for (int i = 0; i < files; i++) fdatasync(fd[i]);
    double after = now() - t;
    qsort(took, rounds, sizeof *took, ascending);
    printf("{\"way\":\"%s\",\"files\":%d,\"bytes\":%zu,\"p50_ms\":%.2f,\"p99_ms\":%.2f,\"MB_per_s\":%.0f,\"cpu_s_per_GB\":%.2f,"
           "\"files_after_ms\":%.1f}\n", way, files, bytes, took[rounds / 2] * 1e3, took[rounds * 99 / 100] * 1e3,
           gb * 1000 / seconds, seconds_cpu / gb, after * 1e3);
    for (int i = 0; i < files; i++) { snprintf(path, sizeof path, "%s/file%d", dir, i); unlink(path); }
    if (isWal) { snprintf(path, sizeof path, "%s/wal", dir); unlink(path); }
    return 0;
}
