package io.millrace.disk;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Has the disk bring bytes of a file into the page cache: these, and no others (`posix_fadvise`,
/// `POSIX_FADV_WILLNEED`).
///
/// Whoever just reads bytes that are not there is taken by Linux for somebody who goes on, and the disk
/// fetches as much as the device's `read_ahead_kb` besides, which is 8 MiB on many virtual disks: in one
/// go, in front of whatever is to be synced meanwhile. Java has no word for it, so the C library is
/// called. Where that cannot be, nothing happens.
final class Readahead {

    private static final Logger LOG = LoggerFactory.getLogger(Readahead.class);
    private static final int READ_ONLY_CLOSE_ON_EXEC = 0x80000;
    private static final int WILL_NEED = 3;
    private static final @Nullable Readahead SYSTEM = ofSystem();

    private final MethodHandle open;
    private final MethodHandle advise;
    private final MethodHandle close;

    private Readahead(Linker linker) {
        var afterTheMode = Linker.Option.firstVariadicArg(2);
        this.open = function(linker, "open", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT), afterTheMode);
        this.advise = function(
                linker, "posix_fadvise", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));
        this.close = function(linker, "close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    }

    @SuppressWarnings("restricted") // the launcher permits it
    private static MethodHandle function(
            Linker linker, String name, FunctionDescriptor types, Linker.Option... options) {
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), types, options);
    }

    private static @Nullable Readahead ofSystem() {
        boolean is64BitLinux = System.getProperty("os.name", "").equals("Linux") && ADDRESS.byteSize() == Long.BYTES;
        if (!is64BitLinux) return null;
        try {
            return new Readahead(Linker.nativeLinker());
        } catch (RuntimeException e) {
            LOG.debug("the C library cannot be called: cold bytes are just read", e);
            return null;
        }
    }

    /// Begins to bring so many bytes from `positionBytes` on; does not wait for them. Nothing happens
    /// when there is no such file.
    static void begin(Path file, long positionBytes, long lengthBytes) {
        var system = SYSTEM;
        if (system == null) return;
        try (var arena = Arena.ofConfined()) {
            system.advise(arena.allocateFrom(file.toString()), positionBytes, lengthBytes);
        }
    }

    private void advise(MemorySegment path, long positionBytes, long lengthBytes) {
        try {
            int opened = (int) open.invokeExact(path, READ_ONLY_CLOSE_ON_EXEC);
            if (opened < 0) return;
            try {
                int refused = (int) advise.invokeExact(opened, positionBytes, lengthBytes, WILL_NEED);
                if (refused != 0) LOG.debug("the system does not want to know what is needed: error {}", refused);
            } finally {
                int _ = (int) close.invokeExact(opened);
            }
        } catch (Throwable e) {
            throw new IllegalStateException("the C library does not answer as it should", e);
        }
    }
}
