import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/// Writes the keys 0 to KEYS to a topic, VERSIONS times in turn: `Overwrite BOOTSTRAP TOPIC KEYS VERSIONS VALUE_BYTES`.
class Overwrite {

    public static void main(String[] args) {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers", args[0], "acks", "1", "batch.size", 65536, "linger.ms", 5, "enable.idempotence", false);
        int keys = Integer.parseInt(args[2]);
        int versions = Integer.parseInt(args[3]);
        byte[] value = new byte[Integer.parseInt(args[4])];
        try (var producer = new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer())) {
            for (int version = 0; version < versions; version++) {
                for (int key = 0; key < keys; key++) {
                    producer.send(new ProducerRecord<>(args[1], Integer.toString(key), value.clone()), Overwrite::check);
                }
            }
        }
    }

    private static void check(Object metadata, Exception failure) {
        if (failure == null) return;
        System.err.println("Overwrite: " + failure);
        System.exit(1);
    }
}
