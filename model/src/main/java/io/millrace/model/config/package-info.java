/// # model.config: settings, by name, type and default
///
/// [ConfigKey] is one setting; [ConfigValues] are the values somebody gave, layer over layer.
/// [TopicSettings],
/// [ServerSettings] list the ones that mean something here, under Kafka's names.
///
/// - **Knows** names, types, ranges, defaults.
/// - **Does not know** where values come from: files, flags, the metadata log.
@NullMarked
package io.millrace.model.config;

import org.jspecify.annotations.NullMarked;
