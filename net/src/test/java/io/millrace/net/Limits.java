package io.millrace.net;

import java.time.Duration;

/// Limits for tests, changed one at a time.
final class Limits {

    private int frame = 8 << 20;
    private int connections = 1000;
    private int perIp = 1000;
    private int inFlight = 256;
    private long requests = 64 << 20;
    private long answers = 2 << 20;
    private Duration idle = Duration.ofMinutes(10);
    private Duration stall = Duration.ofSeconds(30);

    static NetLimits wide() {
        return new Limits().build();
    }

    Limits frame(int bytes) {
        frame = bytes;
        return this;
    }

    Limits connections(int total, int fromOneAddress) {
        connections = total;
        perIp = fromOneAddress;
        return this;
    }

    Limits inFlight(int requestsPerConnection) {
        inFlight = requestsPerConnection;
        return this;
    }

    Limits requests(long bytes) {
        requests = bytes;
        return this;
    }

    Limits answers(long bytes) {
        answers = bytes;
        return this;
    }

    Limits deadlines(Duration idleFor, Duration stalledFor) {
        idle = idleFor;
        stall = stalledFor;
        return this;
    }

    NetLimits build() {
        return new NetLimits(frame, connections, perIp, inFlight, requests, answers, idle, stall);
    }
}
