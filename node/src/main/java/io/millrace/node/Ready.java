package io.millrace.node;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/// What a node says once clients can connect: where it is, where its data is, and how to try it.
///
/// @param version of this program
/// @param clients where Kafka clients connect, each as HOST:PORT, the first listener first
/// @param local   the first of them, as a client on this machine reaches it
/// @param http    HOST:PORT of the web door; empty when there is none
/// @param data    the folder, absolute
record Ready(String version, List<String> clients, String local, String http, Path data) {

    /// Where the commands look when nobody tells them.
    private static final String DEFAULT_BOOTSTRAP = "127.0.0.1:9092";

    /// A few lines without a newline at the end; the first one has everything that a script waits for.
    ///
    /// @param program what the user typed to call this program, so that the last two lines can be pasted
    /// @param tookMs  from the start to now
    String text(String program, long tookMs) {
        var flag = local.equals(DEFAULT_BOOTSTRAP) ? "" : " --bootstrap " + local;
        var web = http.isEmpty() ? "" : "  http  http://" + http + "\n";
        var seconds = String.format(Locale.ROOT, "%.2f s", tookMs / 1000.0);
        return """
                millrace %s is ready for Kafka clients at %s, after %s
                  data  %s
                %s  try   %s produce greetings hello%s
                        %6$s consume greetings%7$s""".formatted(version, String.join(", ", clients), seconds, data, web, program, flag);
    }
}
