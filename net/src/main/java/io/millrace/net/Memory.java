package io.millrace.net;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.ByteBuffer;

/// A piece of memory outside of the heap, freed when it is asked to.
///
/// All of it is of one kind, so that the compiled code that reads it never has to be thrown away: buffers of an
/// arena are of another, and check at each touch whether the arena is still open.
///
/// @param bytes all of it
record Memory(ByteBuffer bytes) {

    private static final MethodHandle FREE = findFree();

    static Memory allocate(int bytes) {
        return new Memory(ByteBuffer.allocateDirect(bytes));
    }

    /// Gives the memory back to the system. Nobody may touch it any more.
    void free() {
        try {
            FREE.invokeExact(bytes);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("memory could not be freed", e);
        }
    }

    /// What the JDK offers to free a buffer before the collector finds it; there is no other way.
    private static MethodHandle findFree() {
        try {
            var type = Class.forName("sun.misc.Unsafe");
            var only = type.getDeclaredField("theUnsafe");
            only.setAccessible(true);
            return MethodHandles.lookup()
                    .findVirtual(type, "invokeCleaner", MethodType.methodType(void.class, ByteBuffer.class))
                    .bindTo(only.get(null));
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }
}
