package io.millrace.cli;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/// Standard output as bytes: buffered, UTF-8, and honest about a reader that has gone.
///
/// A `PrintStream` would hide a failed write; a record whose print failed must not be committed.
final class Out {

    /// The reader of our output has gone (`| head`). The command ends quietly.
    static final class Closed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Closed(IOException cause) {
            super(cause);
        }
    }

    private static final int BUFFER_BYTES = 1 << 16;

    private final OutputStream stream;

    Out(OutputStream raw) {
        stream = new BufferedOutputStream(raw, BUFFER_BYTES);
    }

    void line(String text) {
        text(text);
        text("\n");
    }

    void text(String text) {
        bytes(text.getBytes(StandardCharsets.UTF_8));
    }

    void bytes(byte[] bytes) {
        try {
            stream.write(bytes);
        } catch (IOException e) {
            throw new Closed(e);
        }
    }

    /// Everything printed so far is with the reader when this returns.
    void flush() {
        try {
            stream.flush();
        } catch (IOException e) {
            throw new Closed(e);
        }
    }
}
