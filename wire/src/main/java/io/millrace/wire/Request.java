package io.millrace.wire;

import java.nio.ByteBuffer;
import java.util.function.LongSupplier;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.jspecify.annotations.Nullable;

/// One request, as it came in a frame: its header is read, its body is not yet.
///
/// @param api           which API is asked
/// @param version       in which version; not checked against what anybody speaks
/// @param correlationId what the answer must repeat
/// @param clientId      who the client says it is; may be null
/// @param body          the rest of the frame, at its position
public record Request(
        ApiKeys api,
        short version,
        int correlationId,
        @Nullable String clientId,
        ByteBuffer body) {

    /// A client id of 32 KiB, the longest there is, takes as much.
    private static final long MOST_HEADER_HEAP_BYTES = 128 << 10;

    /// Reads the header of a frame (the frame without its size).
    ///
    /// An ApiVersions request of a version that nobody knows yet is read as far as its correlation id, which lies
    /// at the same place in every version (KIP-511).
    ///
    /// @throws MalformedRequest when the bytes are no request header, or name an API that does not exist
    /// @throws RequestTooLarge  when the header would take more memory than any client's does
    public static Request read(ByteBuffer frame) {
        if (frame.remaining() < 8) throw new MalformedRequest("a frame of " + frame.remaining() + " bytes");
        short key = frame.getShort(frame.position());
        short version = frame.getShort(frame.position() + 2);
        if (!ApiKeys.hasId(key)) throw new MalformedRequest("API key " + key + " does not exist");

        var api = ApiKeys.forId(key);
        if (api == ApiKeys.API_VERSIONS && !api.isVersionSupported(version)) {
            return new Request(api, version, frame.getInt(frame.position() + 4), null, frame);
        }
        if (!api.isVersionSupported(version)) {
            throw new MalformedRequest("%s version %d does not exist".formatted(api.name, version));
        }
        var bytes = new HeapMeter(frame, MOST_HEADER_HEAP_BYTES, () -> 0);
        try {
            var header = new RequestHeaderData(bytes, api.requestHeaderVersion(version));
            return new Request(api, version, header.correlationId(), header.clientId(), bytes.buffer());
        } catch (RequestTooLarge e) {
            throw new RequestTooLarge("the header of a request of API %s: %s".formatted(api.name, e.getMessage()));
        } catch (RuntimeException e) {
            throw new MalformedRequest("the header of a request of API " + api.name, e);
        }
    }

    /// A body that was read.
    ///
    /// @param heapBytes about how much memory its objects take, and rather more than less
    public record Parsed(ApiMessage message, long heapBytes) {}

    /// Reads the body, whatever memory and time it takes; see [#parse].
    public ApiMessage message() {
        return parse(Long.MAX_VALUE, () -> 0).message();
    }

    /// Reads the body. Byte fields and records of the message are views of the frame; everything else is copied.
    ///
    /// @param mostHeapBytes the most memory that its objects may take
    /// @param clockNs       monotonic nanoseconds: reading is given up when it takes much too long
    /// @throws MalformedRequest when the bytes are not a body of this API and version
    /// @throws RequestTooLarge  when its objects would take more memory, or reading it too much time
    public Parsed parse(long mostHeapBytes, LongSupplier clockNs) {
        var message = api.messageType.newRequest();
        var bytes = new HeapMeter(body.duplicate(), mostHeapBytes, clockNs);
        try {
            message.read(bytes, version);
        } catch (RequestTooLarge e) {
            throw new RequestTooLarge(
                    "a request of API %s version %d: %s".formatted(api.name, version, e.getMessage()));
        } catch (RuntimeException e) {
            throw new MalformedRequest("the body of a request of API %s version %d".formatted(api.name, version), e);
        }
        if (bytes.unreadBytes() > 0) {
            throw new MalformedRequest(
                    "%d bytes follow a request of API %s version %d".formatted(bytes.unreadBytes(), api.name, version));
        }
        return new Parsed(message, bytes.heapBytes());
    }

    /// Whether answers in this version say what was unknown in older ones by tagged fields (KIP-482).
    public short responseHeaderVersion() {
        return api.responseHeaderVersion(version);
    }
}
