package io.millrace.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// An open web door: an HTTP server with a handful of pages, each read with GET or HEAD.
///
/// Every request has its own virtual thread. At most [#MAX_AT_ONCE] are worked on at a time, further ones are
/// told to come again; connections, headers and bodies have limits, and so has the time to send a request.
public final class HttpDoor implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(HttpDoor.class);

    static final int MAX_AT_ONCE = 32;
    static final int MAX_BODY_BYTES = 64 << 10;

    /// Smaller bodies are not worth packing.
    private static final int MIN_GZIP_BYTES = 1 << 10;

    private static final String INDEX = """
            Millrace

            /health/live    200 while the process works
            /health/ready   200 when it can serve clients, else 503 with the parts it waits for
            /metrics        for Prometheus, as text or OpenMetrics
            """;

    static {
        limit("jdk.httpserver.maxConnections", 256);
        limit("sun.net.httpserver.maxIdleConnections", 64);
        limit("sun.net.httpserver.maxReqHeaders", 100);
        limit("sun.net.httpserver.maxReqHeaderSize", 32 << 10);
        limit("sun.net.httpserver.drainAmount", MAX_BODY_BYTES);
        limit("sun.net.httpserver.maxReqTime", 10);
        limit("sun.net.httpserver.maxRspTime", 60);
        setting("sun.net.httpserver.nodelay", "true");
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Semaphore places = new Semaphore(MAX_AT_ONCE);
    private final Map<String, Page> pages = new LinkedHashMap<>();

    private HttpDoor(HttpServer server, PrometheusMetrics metrics, Supplier<Readiness> readiness) {
        this.server = server;
        pages.put("/", _ -> Page.Answer.of(200, "text/plain; charset=utf-8", INDEX));
        pages.put("/health/live", _ -> Page.Answer.json(200, "{\"live\":true}"));
        pages.put("/health/ready", _ -> {
            var now = readiness.get();
            return Page.Answer.json(now.isReady() ? 200 : 503, now.json());
        });
        pages.put("/metrics", new MetricsPage(metrics));
    }

    /// Opens a door.
    ///
    /// @param host      a name or address; empty for all interfaces
    /// @param port      0 for any free port, see [#address]
    /// @param metrics   what `/metrics` shows
    /// @param readiness asked on every request to `/health/ready`, on the thread of that request
    /// @throws IOException when it cannot listen there; the message says why, and what to do
    public static HttpDoor open(String host, int port, PrometheusMetrics metrics, Supplier<Readiness> readiness)
            throws IOException {
        var at = host.isEmpty() ? new InetSocketAddress(port) : new InetSocketAddress(host, port);
        if (at.isUnresolved()) throw new IOException("cannot serve HTTP on %s: there is no such host".formatted(host));
        HttpServer server;
        try {
            server = HttpServer.create(at, 0);
        } catch (BindException e) {
            throw new IOException(
                    ("cannot serve HTTP on %s:%d: %s; is another program listening there? "
                                    + "Choose another place with --http HOST:PORT")
                            .formatted(host, port, e.getMessage()),
                    e);
        }
        var door = new HttpDoor(server, metrics, readiness);
        server.createContext("/", door::handle);
        server.setExecutor(door.threads);
        server.start();
        LOG.info("HTTP on {}:{}", door.address().getHostString(), door.address().getPort());
        return door;
    }

    /// Where it listens, with the real port.
    public InetSocketAddress address() {
        return server.getAddress();
    }

    /// Stops listening and drops what is under way.
    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            if (!places.tryAcquire()) {
                exchange.getResponseHeaders().set("Retry-After", "1");
                send(exchange, Page.Answer.error(503, "too many requests at a time; try again"));
                return;
            }
            try {
                send(exchange, answer(exchange));
            } finally {
                places.release();
            }
        }
    }

    private Page.Answer answer(HttpExchange exchange) {
        var path = exchange.getRequestURI().getPath();
        var page = path == null ? null : pages.get(path);
        if (page == null) return Page.Answer.error(404, "there is nothing at " + path + "; see / for what there is");

        var method = exchange.getRequestMethod();
        if (!method.equals("GET") && !method.equals("HEAD")) {
            exchange.getResponseHeaders().set("Allow", "GET, HEAD");
            return Page.Answer.error(405, path + " can be read with GET or HEAD, not " + method);
        }
        if (bodyBytes(exchange) > MAX_BODY_BYTES) {
            exchange.getResponseHeaders().set("Connection", "close");
            return Page.Answer.error(413, "the body is larger than " + MAX_BODY_BYTES + " bytes");
        }
        try {
            return page.answer(exchange.getRequestHeaders());
        } catch (IOException | RuntimeException e) {
            LOG.error("{} {} failed", method, path, e);
            return Page.Answer.error(500, path + " failed; the log says why");
        }
    }

    private static void send(HttpExchange exchange, Page.Answer answer) throws IOException {
        var headers = exchange.getResponseHeaders();
        headers.set("Content-Type", answer.contentType());
        headers.set("Cache-Control", "no-store");
        headers.set("X-Content-Type-Options", "nosniff");

        boolean mayPack = answer.length() == Page.Answer.UNKNOWN || answer.length() >= MIN_GZIP_BYTES;
        boolean packed = mayPack && acceptsGzip(exchange.getRequestHeaders().getFirst("Accept-Encoding"));
        if (mayPack) headers.set("Vary", "Accept-Encoding");
        if (packed) headers.set("Content-Encoding", "gzip");

        boolean counted = !packed && answer.length() != Page.Answer.UNKNOWN;
        if (exchange.getRequestMethod().equals("HEAD")) {
            if (counted) headers.set("Content-Length", Long.toString(answer.length()));
            exchange.sendResponseHeaders(answer.status(), -1);
            return;
        }
        exchange.sendResponseHeaders(answer.status(), counted ? answer.length() : 0);
        try (var raw = exchange.getResponseBody();
                var out = packed ? new GZIPOutputStream(raw, 8 << 10) : raw) {
            answer.body().writeTo(out);
        }
    }

    /// What the request says its body has; 0 when it says nothing or nonsense, which the server itself refuses.
    private static long bodyBytes(HttpExchange exchange) {
        var length = exchange.getRequestHeaders().getFirst("Content-Length");
        return length != null && length.matches("[0-9]{1,18}") ? Long.parseLong(length) : 0;
    }

    private static boolean acceptsGzip(@Nullable String encodings) {
        if (encodings == null) return false;
        for (var encoding : encodings.split(",", -1)) {
            var parts = encoding.trim().toLowerCase(Locale.ROOT).split("\\s*;\\s*", 2);
            boolean gzip = parts[0].equals("gzip") || parts[0].equals("*");
            if (gzip) return parts.length == 1 || !parts[1].matches("q\\s*=\\s*0(\\.0*)?");
        }
        return false;
    }

    private static void limit(String property, int value) {
        setting(property, Integer.toString(value));
    }

    /// The JDK's server takes its limits from system properties, once; whoever set one already wins.
    private static void setting(String property, String value) {
        if (System.getProperty(property) == null) System.setProperty(property, value);
    }
}
