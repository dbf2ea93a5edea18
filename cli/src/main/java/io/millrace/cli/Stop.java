package io.millrace.cli;

import org.apache.kafka.clients.consumer.Consumer;

/// The user's wish to stop reading: remembered, and waking a consumer that waits.
final class Stop implements Runnable {

    private final Consumer<?, ?> consumer;
    private volatile boolean asked;

    Stop(Consumer<?, ?> consumer) {
        this.consumer = consumer;
    }

    @Override
    public void run() {
        asked = true;
        consumer.wakeup();
    }

    boolean asked() {
        return asked;
    }
}
