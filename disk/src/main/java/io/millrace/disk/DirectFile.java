package io.millrace.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A file of which is read what the disk holds, past the page cache and without filling it (`O_DIRECT`);
/// for reading only. The system wants whole blocks at whole blocks' places, so everything goes through a
/// buffer of the thread's.
final class DirectFile extends ReadOnlyFile {

    /// Blocks are not larger than this.
    private static final int MOST_BLOCK_BYTES = 64 << 10;

    private static final Logger LOG = LoggerFactory.getLogger(DirectFile.class);
    private static final int BUFFER_BYTES = 256 << 10;
    private static final ThreadLocal<ByteBuffer> BUFFER = ThreadLocal.withInitial(
            () -> ByteBuffer.allocateDirect(BUFFER_BYTES + MOST_BLOCK_BYTES).alignedSlice(MOST_BLOCK_BYTES));

    /// The JDK's own word for it, which is no part of Java: the compiler does not let it be named, and
    /// another JDK may not have it.
    static final @Nullable OpenOption DIRECT = direct();

    private final FileChannel channel;
    private final int blockBytes;

    /// @param channel    opened for direct access
    /// @param blockBytes a power of two, at most [#MOST_BLOCK_BYTES]
    private DirectFile(FileChannel channel, int blockBytes) {
        this.channel = channel;
        this.blockBytes = blockBytes;
    }

    private static @Nullable OpenOption direct() {
        try {
            var options = Class.forName("com.sun.nio.file.ExtendedOpenOption").getEnumConstants();
            for (var option : options) if (option.toString().equals("DIRECT")) return (OpenOption) option;
        } catch (ClassNotFoundException e) {
            LOG.debug("this JDK cannot read past the page cache", e);
        }
        return null;
    }

    /// Null when the file can only be read through the page cache.
    static @Nullable DirectFile open(Path file) throws IOException {
        long blockBytes = Files.getFileStore(file).getBlockSize();
        if (DIRECT == null || blockBytes > MOST_BLOCK_BYTES || Long.bitCount(blockBytes) != 1) return null;
        try {
            return new DirectFile(FileChannel.open(file, StandardOpenOption.READ, DIRECT), (int) blockBytes);
        } catch (UnsupportedOperationException | FileSystemException e) {
            LOG.debug("{} cannot be read past the page cache", file, e);
            return null;
        }
    }

    @Override
    public int read(ByteBuffer target, long positionBytes) throws IOException {
        if (!target.hasRemaining()) return 0;
        long from = positionBytes & -blockBytes;
        int skipped = (int) (positionBytes - from);
        var buffer = BUFFER.get();
        long wanted = ((long) skipped + target.remaining() + blockBytes - 1) & -blockBytes;
        buffer.clear().limit((int) Math.min(buffer.capacity() & -blockBytes, wanted));
        int read = read(buffer, from, positionBytes);
        if (read <= skipped) return -1;
        int count = Math.min(read - skipped, target.remaining());
        target.put(buffer.slice(skipped, count));
        return count;
    }

    private int read(ByteBuffer buffer, long from, long positionBytes) throws IOException {
        try {
            return channel.read(buffer, from);
        } catch (IOException e) {
            throw FileDisk.explained(e, positionBytes);
        }
    }

    @Override
    public long sizeBytes() throws IOException {
        return channel.size();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
