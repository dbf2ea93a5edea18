package io.millrace.acceptance;

import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Processes and folders that a run made and has not ended or deleted yet. They go with this JVM, however it ends.
final class Leftovers {

    private static final Set<Process> PROCESSES = ConcurrentHashMap.newKeySet();
    private static final Set<Path> FOLDERS = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(Leftovers::clear));
    }

    private Leftovers() {}

    static void add(Process process) {
        PROCESSES.add(process);
    }

    static void remove(Process process) {
        PROCESSES.remove(process);
    }

    static void add(Path folder) {
        FOLDERS.add(folder);
    }

    static void remove(Path folder) {
        FOLDERS.remove(folder);
    }

    private static void clear() {
        PROCESSES.forEach(Process::destroyForcibly);
        for (var process : PROCESSES) {
            process.onExit().join();
        }
        FOLDERS.forEach(Folders::delete);
    }
}
