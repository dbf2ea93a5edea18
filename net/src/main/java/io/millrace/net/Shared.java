package io.millrace.net;

import io.millrace.model.metrics.Metrics;

/// What all loops of a process have in common: limits, and what is counted against them. Any thread.
record Shared(NetLimits limits, Admission admission, ByteBudget small, ByteBudget large, NetMeters meters) {

    static Shared of(NetLimits limits, Metrics metrics) {
        long small = limits.maxRequestBytesTotal() / 4;
        var shared = new Shared(
                limits,
                new Admission(limits.maxConnections(), limits.maxConnectionsPerIp()),
                new ByteBudget(small),
                new ByteBudget(limits.maxRequestBytesTotal() - small),
                new NetMeters(metrics));
        shared.meters().requestBytes(shared::requestBytes);
        return shared;
    }

    long requestBytes() {
        return small.takenBytes() + large.takenBytes();
    }
}
