package io.millrace.http;

import com.sun.net.httpserver.Headers;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/// What is found at one path. It is read with GET; HEAD gives the same without the body.
@FunctionalInterface
interface Page {

    /// @param asked the headers of the request
    Answer answer(Headers asked) throws IOException;

    /// What leaves for a request.
    ///
    /// @param status      HTTP's number
    /// @param contentType with its character set
    /// @param length      of the body in bytes, or [#UNKNOWN]
    /// @param body        writes the body; called at most once
    record Answer(int status, String contentType, long length, Body body) {

        static final long UNKNOWN = -1;

        static Answer json(int status, String json) {
            return of(status, "application/json; charset=utf-8", json + "\n");
        }

        static Answer error(int status, String sentence) {
            return json(status, "{\"status\":%d,\"error\":%s}".formatted(status, Json.text(sentence)));
        }

        static Answer of(int status, String contentType, String text) {
            var bytes = text.getBytes(StandardCharsets.UTF_8);
            return new Answer(status, contentType, bytes.length, out -> out.write(bytes));
        }
    }

    /// The bytes of an answer.
    @FunctionalInterface
    interface Body {
        void writeTo(OutputStream out) throws IOException;
    }
}
