package io.millrace.cli;

import java.io.Writer;

/// Lets the help text of the command line library go the way of all other output.
final class OutWriter extends Writer {

    private final Out out;

    OutWriter(Out out) {
        this.out = out;
    }

    @Override
    public void write(char[] chars, int from, int count) {
        out.text(new String(chars, from, count));
    }

    @Override
    public void flush() {
        out.flush();
    }

    @Override
    public void close() {
        out.flush();
    }
}
