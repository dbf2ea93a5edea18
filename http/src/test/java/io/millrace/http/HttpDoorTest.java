package io.millrace.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Method: a real door on a free port, asked by the JDK's client, and by bare sockets where a client is too polite.
class HttpDoorTest {

    private final PrometheusMetrics metrics = new PrometheusMetrics();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private volatile Supplier<Readiness> readiness = () -> Readiness.READY;
    private HttpDoor door;

    @BeforeEach
    void open() throws IOException {
        door = HttpDoor.open("127.0.0.1", 0, metrics, () -> readiness.get());
    }

    @AfterEach
    void close() {
        client.close();
        door.close();
    }

    @Test
    void theIndexSaysWhatIsThere() throws Exception {
        var page = get("/");
        assertEquals(200, page.statusCode());
        for (var path : List.of("/health/live", "/health/ready", "/metrics")) {
            assertTrue(page.body().contains(path), path);
            assertEquals(200, get(path).statusCode(), path);
        }
    }

    @Test
    void itLivesWhileTheProcessWorks() throws Exception {
        readiness = () -> new Readiness(List.of("metadata"));
        assertEquals("{\"live\":true}\n", get("/health/live").body());
    }

    @Test
    void readinessNamesThePartsItWaitsFor() throws Exception {
        assertEquals("{\"ready\":true,\"waiting\":[]}\n", get("/health/ready").body());

        readiness = () -> new Readiness(List.of("metadata", "listener \"A\""));
        var page = get("/health/ready");
        assertEquals(503, page.statusCode());
        assertEquals("{\"ready\":false,\"waiting\":[\"metadata\",\"listener \\\"A\\\"\"]}\n", page.body());
        assertEquals("application/json; charset=utf-8", header(page, "Content-Type"));
        assertEquals("no-store", header(page, "Cache-Control"));
    }

    @Test
    void aReadinessThatThrowsIsAnErrorOfThatRequestOnly() throws Exception {
        readiness = () -> {
            throw new IllegalStateException("nobody knows");
        };
        assertEquals(500, get("/health/ready").statusCode());
        assertEquals(200, get("/health/live").statusCode());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "text/plain | text/plain; version=0.0.4; charset=utf-8",
                "*/* | text/plain; version=0.0.4; charset=utf-8",
                "application/openmetrics-text;version=1.0.0,text/plain;q=0.5 | "
                        + "application/openmetrics-text; version=1.0.0; charset=utf-8",
                "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.7,"
                        + "text/plain;q=0.3 | text/plain; version=0.0.4; charset=utf-8"
            })
    void metricsComeInTheFormatThatIsAccepted(String accept, String type) throws Exception {
        metrics.counter("millrace_requests_total", "Requests.", "api", "Fetch").add(2);
        var page = client.send(request("/metrics").header("Accept", accept).build(), BodyHandlers.ofString());
        assertEquals(200, page.statusCode());
        assertEquals(type, header(page, "Content-Type"));
        assertTrue(page.body().contains("millrace_requests_total{api=\"Fetch\"} 2.0"), page.body());
        assertEquals(type.startsWith("application/openmetrics"), page.body().endsWith("# EOF\n"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "gzip | true",
                "deflate, GZIP;q=0.5 | true",
                "* | true",
                "gzip;q=0 | false",
                "gzip; q=0.0 | false",
                "identity | false",
                "br | false"
            })
    void metricsArePackedWhenThatIsAccepted(String encodings, boolean packed) throws Exception {
        var page = client.send(
                request("/metrics").header("Accept-Encoding", encodings).build(), BodyHandlers.ofByteArray());
        assertEquals(
                packed ? "gzip" : "",
                page.headers().firstValue("Content-Encoding").orElse(""));
        var plain = packed ? new GZIPInputStream(new ByteArrayInputStream(page.body())).readAllBytes() : page.body();
        assertTrue(new String(plain, StandardCharsets.UTF_8).contains("jvm_memory_used_bytes"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/nothing", "/metrics/", "/health", "/metrics/../etc/passwd", "/%00", "/metrics%2f"})
    void elsewhereIsNothing(String path) throws Exception {
        var page = get(path);
        assertEquals(404, page.statusCode());
        assertTrue(page.body().startsWith("{\"status\":404,\"error\":"), page.body());
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS", "PATCH"})
    void pagesAreOnlyRead(String method) throws Exception {
        var page = client.send(
                request("/metrics").method(method, BodyPublishers.ofString("x")).build(), BodyHandlers.ofString());
        assertEquals(405, page.statusCode());
        assertEquals("GET, HEAD", header(page, "Allow"));
        assertEquals(
                "{\"status\":405,\"error\":\"/metrics can be read with GET or HEAD, not " + method + "\"}\n",
                page.body());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/health/live", "/metrics"})
    void headGivesTheSameWithoutABody(String path) throws Exception {
        var page = client.send(request(path).HEAD().build(), BodyHandlers.ofString());
        assertEquals(200, page.statusCode());
        assertEquals("", page.body());
        var read = get(path);
        assertEquals(header(read, "Content-Type"), header(page, "Content-Type"));
        assertEquals(
                read.headers().firstValue("Content-Length").isPresent(),
                page.headers().firstValue("Content-Length").isPresent());
    }

    @Test
    void aQueryChangesNothing() throws Exception {
        assertEquals(200, get("/health/live?x=y").statusCode());
    }

    @Test
    void largeBodiesAreRefusedUnread() throws Exception {
        var answer = raw("GET /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 70000\r\n\r\n");
        assertTrue(answer.startsWith("HTTP/1.1 413 "), answer);
        assertTrue(answer.contains("Connection: close"), answer);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\0\0\0\u0012\0\u0012\0\4 no http\r\n\r\n",
                "GET\r\n\r\n",
                "GET /metrics HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
                "GET /metrics HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
                "GET http://[ HTTP/1.1\r\n\r\n"
            })
    void whatIsNoRequestHarmsNobody(String bytes) throws Exception {
        var answer = raw(bytes);
        assertTrue(answer.isEmpty() || answer.startsWith("HTTP/1.1 4"), answer);
        assertEquals(200, get("/health/live").statusCode());
    }

    @Test
    void endlessHeadersAreCutOff() throws Exception {
        var answer = raw("GET / HTTP/1.1\r\nX: " + "x".repeat(200_000) + "\r\n\r\n");
        assertFalse(answer.startsWith("HTTP/1.1 200"), answer);
        var lines = raw("GET / HTTP/1.1\r\n" + "A: b\r\n".repeat(5_000) + "\r\n");
        assertFalse(lines.startsWith("HTTP/1.1 200"), lines);
        assertEquals(200, get("/health/live").statusCode());
    }

    @Test
    void tooManyAtATimeAreToldToComeAgain() throws Exception {
        var inside = new CountDownLatch(HttpDoor.MAX_AT_ONCE);
        var go = new CountDownLatch(1);
        readiness = () -> {
            inside.countDown();
            try {
                assertTrue(go.await(30, TimeUnit.SECONDS));
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return Readiness.READY;
        };
        var asked = new ArrayList<CompletableFuture<HttpResponse<String>>>();
        for (int i = 0; i < HttpDoor.MAX_AT_ONCE; i++)
            asked.add(client.sendAsync(request("/health/ready").build(), BodyHandlers.ofString()));
        assertTrue(inside.await(30, TimeUnit.SECONDS));

        var refused = get("/health/live");
        assertEquals(503, refused.statusCode());
        assertEquals("1", header(refused, "Retry-After"));

        go.countDown();
        for (var answer : asked)
            assertEquals(200, answer.get(30, TimeUnit.SECONDS).statusCode());
        assertEquals(200, get("/health/live").statusCode());
    }

    @Test
    void aPortInUseIsSaidInOneSentence() {
        var failed = assertThrows(
                IOException.class,
                () -> HttpDoor.open("127.0.0.1", door.address().getPort(), metrics, () -> Readiness.READY)
                        .close());
        assertEquals(
                "cannot serve HTTP on 127.0.0.1:" + door.address().getPort()
                        + ": Address already in use; is another program listening there? Choose another place with "
                        + "--http HOST:PORT",
                failed.getMessage());
    }

    @Test
    void anUnknownHostIsSaidInOneSentence() {
        var failed = assertThrows(
                IOException.class,
                () -> HttpDoor.open("no such host", 0, metrics, () -> Readiness.READY)
                        .close());
        assertEquals("cannot serve HTTP on no such host: there is no such host", failed.getMessage());
    }

    @Test
    void aClosedDoorLetsThePortGo() throws Exception {
        int port = door.address().getPort();
        door.close();
        assertThrows(IOException.class, () -> get("/"));
        door = HttpDoor.open("127.0.0.1", port, metrics, () -> Readiness.READY);
        assertEquals(200, get("/").statusCode());
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return client.send(request(path).build(), BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + door.address().getPort() + path))
                .timeout(Duration.ofSeconds(30));
    }

    /// Sends bytes and reads until the server closes, or has answered and nothing more comes.
    private String raw(String bytes) throws IOException {
        try (var socket = new Socket()) {
            socket.connect(door.address(), 10_000);
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (java.net.SocketException e) {
            return ""; // the server reset the connection: it read no further
        }
    }

    private static String header(HttpResponse<?> answer, String name) {
        return answer.headers().firstValue(name).orElse("");
    }
}
