package io.millrace.quorum;

import org.junit.jupiter.api.DisplayName;

@DisplayName("the simulated log keeps to the contract")
class SimulatedMetadataLogTest extends MetadataLogContract {

    private final SimulatedMetadataLog.Agreement agreement = new SimulatedMetadataLog.Agreement(loop);

    @Override
    MetadataLog log() {
        return new SimulatedMetadataLog(agreement);
    }

    @Override
    void closeWithSnapshot(MetadataLog log) {
        agreement.compact((SimulatedMetadataLog) log);
        log.close();
    }
}
