package io.millrace.broker;

import io.millrace.model.Promise;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersion;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersionCollection;
import org.apache.kafka.common.message.ApiVersionsResponseData.FinalizedFeatureKey;
import org.apache.kafka.common.message.ApiVersionsResponseData.FinalizedFeatureKeyCollection;
import org.apache.kafka.common.message.ApiVersionsResponseData.SupportedFeatureKey;
import org.apache.kafka.common.message.ApiVersionsResponseData.SupportedFeatureKeyCollection;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/// ApiVersions, versions 0 to 5: what is spoken here, printed from the [ApiTable].
///
/// From version 5 on a client may say which cluster and node it believes to talk to; one that is wrong is
/// told to begin again from its bootstrap servers (KIP-1242).
final class ApiVersionsHandler implements Handler<ApiVersionsRequestData, ApiVersionsResponseData> {

    private static final Pattern SOFTWARE = Pattern.compile("[a-zA-Z0-9](?:[a-zA-Z0-9\\-.]*[a-zA-Z0-9])?");
    private static final int FIRST_VERSION_WITH_SOFTWARE = 3;
    private static final int FIRST_VERSION_WITH_NODE = 5;
    private static final int FIRST_VERSION_WITH_ZERO_LEVELS = 4;

    private final Supplier<List<ApiTable.Row>> rows;
    private final int nodeId;

    /// @param rows asked at every request, because the table holds this handler too
    ApiVersionsHandler(Supplier<List<ApiTable.Row>> rows, int nodeId) {
        this.rows = rows;
        this.nodeId = nodeId;
    }

    @Override
    public Promise<ApiVersionsResponseData> handle(Call call, ApiVersionsRequestData request) {
        return Promise.of(answer(call, request));
    }

    private ApiVersionsResponseData answer(Call call, ApiVersionsRequestData request) {
        if (call.version() >= FIRST_VERSION_WITH_SOFTWARE
                && !(SOFTWARE.matcher(request.clientSoftwareName()).matches()
                        && SOFTWARE.matcher(request.clientSoftwareVersion()).matches())) {
            return refused(call, Errors.INVALID_REQUEST);
        }
        if (call.version() >= FIRST_VERSION_WITH_NODE && isMeantForAnother(call, request)) {
            return refused(call, Errors.REBOOTSTRAP_REQUIRED);
        }
        var answer = new ApiVersionsResponseData()
                .setApiKeys(versions())
                .setFinalizedFeaturesEpoch(call.image().index())
                .setZkMigrationReady(false);
        var supported = new SupportedFeatureKeyCollection();
        var finalized = new FinalizedFeatureKeyCollection();
        call.image().facts().features().forEach((name, level) -> {
            // Old clients cannot read a feature whose lowest level is 0 (KAFKA-17492); ours begin at 1 or are left out.
            supported.add(new SupportedFeatureKey()
                    .setName(name)
                    .setMinVersion((short) (call.version() >= FIRST_VERSION_WITH_ZERO_LEVELS ? 0 : 1))
                    .setMaxVersion(level));
            finalized.add(new FinalizedFeatureKey()
                    .setName(name)
                    .setMinVersionLevel(level)
                    .setMaxVersionLevel(level));
        });
        return answer.setSupportedFeatures(supported).setFinalizedFeatures(finalized);
    }

    private boolean isMeantForAnother(Call call, ApiVersionsRequestData request) {
        boolean isOtherCluster = request.clusterId() != null
                && !request.clusterId().equals(call.image().clusterId());
        boolean isOtherNode = request.nodeId() >= 0 && request.nodeId() != nodeId;
        return isOtherCluster || isOtherNode;
    }

    private static ApiVersionsResponseData refused(Call call, Errors code) {
        return new ApiVersionsResponseData().setErrorCode(call.told(code).code());
    }

    private ApiVersionCollection versions() {
        var versions = new ApiVersionCollection();
        for (var row : rows.get()) {
            // Old librdkafka takes a lowest Produce version above 0 for a broker that cannot compress (KAFKA-18659).
            short min = row.api() == ApiKeys.PRODUCE ? 0 : row.minVersion();
            versions.add(
                    new ApiVersion().setApiKey(row.api().id).setMinVersion(min).setMaxVersion(row.maxVersion()));
        }
        return versions;
    }

    /// For a client that speaks a version of this API nobody knows yet: the code, and our versions of
    /// ApiVersions.
    static ApiVersionsResponseData versionUnknown() {
        var versions = new ApiVersionCollection();
        versions.add(new ApiVersion()
                .setApiKey(ApiKeys.API_VERSIONS.id)
                .setMinVersion(ApiKeys.API_VERSIONS.oldestVersion())
                .setMaxVersion(ApiKeys.API_VERSIONS.latestVersion()));
        return new ApiVersionsResponseData()
                .setErrorCode(Errors.UNSUPPORTED_VERSION.code())
                .setApiKeys(versions);
    }
}
