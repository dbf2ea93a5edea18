/// # model.config: settings, by name, type and default
///
/// [ConfigKey] is one setting; [ConfigValues] are the values somebody gave, layer over layer.
/// [ServerSettings], [TopicDefaults], [TopicSettings], [GroupSettings] and [ClientMetricsSettings] list the
/// keys, mostly under Kafka's names; [Catalogue] knows these and all other names of Kafka. [SettingsReader]
/// reads what a server is started with ([Settings]), [ServerLayers] puts it together with the metadata log
/// and answers what counts for the server and for each topic, and where it comes from. [Listeners] are the
/// listeners as values.
///
/// - **Knows** names, types, ranges, defaults, the syntax of property files and of addresses.
/// - **Does not know** where texts come from: files, flags, the metadata log; whether an address exists.
/// - **Called by** every room that has settings.
/// - **Thread** all values are immutable; a [SettingsReader] belongs to whoever made it.
@NullMarked
package io.millrace.model.config;

import org.jspecify.annotations.NullMarked;
