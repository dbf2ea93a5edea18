package io.millrace.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.junit.jupiter.api.Test;

class RequestTest {

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);

    @Test
    void everyVersionOfEveryApiIsReadBack() {
        for (var api : ApiKeys.brokerApis()) {
            for (short version : api.allVersions()) {
                var request = Request.read(frame(api, version, api.messageType.newRequest()));
                assertEquals(42, request.correlationId());
                assertEquals(api.messageType.newRequest(), request.message(), api + " " + version);
            }
        }
    }

    @Test
    void anUnknownVersionOfApiVersionsKeepsItsCorrelationId() {
        var frame = ByteBuffer.allocate(20)
                .putShort((short) 18)
                .putShort((short) 99)
                .putInt(7)
                .clear();

        var request = Request.read(frame);

        assertEquals(99, request.version());
        assertEquals(7, request.correlationId());
    }

    @Test
    void whatIsNoRequestIsRefused() {
        assertThrows(MalformedRequest.class, () -> Request.read(ByteBuffer.allocate(3)));
        assertThrows(MalformedRequest.class, () -> Request.read(header((short) 4711, (short) 0)));
        assertThrows(MalformedRequest.class, () -> Request.read(header((short) 3, (short) 99)));

        var tooLong = frame(ApiKeys.METADATA, (short) 4, new MetadataRequestData());
        var longer = ByteBuffer.allocate(tooLong.remaining() + 1).put(tooLong).clear();
        assertThrows(MalformedRequest.class, () -> Request.read(longer).message());
    }

    @Test
    void anyBytesGiveARequestOrADeclaredError() {
        for (int round = 0; round < 50_000; round++) {
            var bytes = new byte[random.nextInt(120)];
            random.nextBytes(bytes);
            if (bytes.length > 4) {
                var api = ApiKeys.forId(random.nextInt(88));
                ByteBuffer.wrap(bytes).putShort(api.id).putShort((short) random.nextInt(14));
            }
            try {
                Request.read(ByteBuffer.wrap(bytes)).message();
            } catch (MalformedRequest | RequestTooLarge declared) {
                assertNotNull(declared.getMessage(), "seed " + seed);
            }
        }
    }

    @Test
    void aResponseLeavesPlacesWhereRecordsGo() {
        var place = new Object();
        var body = new FetchResponseData()
                .setResponses(List.of(new FetchResponseData.FetchableTopicResponse()
                        .setTopic("t")
                        .setPartitions(List.of(
                                new FetchResponseData.PartitionData().setRecords(new PlacedRecords(500, place)),
                                new FetchResponseData.PartitionData().setRecords(MemoryRecords.EMPTY)))));
        var pieces = new ArrayList<Object>();
        ResponseWriter.write(1, (short) 1, (short) 12, body, new ResponseWriter.Pieces() {
            @Override
            public void bytes(ByteBuffer bytes) {
                pieces.add(bytes);
            }

            @Override
            public void place(Object placed) {
                pieces.add(placed);
            }
        });

        assertEquals(3, pieces.size());
        assertSame(place, pieces.get(1));
        var first = (ByteBuffer) pieces.getFirst();
        var last = (ByteBuffer) pieces.getLast();
        assertEquals(first.remaining() + 500 + last.remaining() - 4, first.getInt(0));
    }

    private static ByteBuffer header(short key, short version) {
        return ByteBuffer.allocate(30)
                .putShort(key)
                .putShort(version)
                .putInt(1)
                .putShort((short) -1)
                .clear();
    }

    private static ByteBuffer frame(ApiKeys api, short version, ApiMessage body) {
        var header = new RequestHeaderData()
                .setRequestApiKey(api.id)
                .setRequestApiVersion(version)
                .setCorrelationId(42)
                .setClientId("me");
        var cache = new ObjectSerializationCache();
        short headerVersion = api.requestHeaderVersion(version);
        var out = ByteBuffer.allocate(header.size(cache, headerVersion) + body.size(cache, version));
        header.write(new ByteBufferAccessor(out), cache, headerVersion);
        body.write(new ByteBufferAccessor(out), cache, version);
        return out.flip();
    }
}
