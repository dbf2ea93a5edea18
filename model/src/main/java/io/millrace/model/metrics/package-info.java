/// # model.metrics: the seam through which rooms count
///
/// - **Knows** counters, gauges and histograms by name and labels.
/// - **Does not know** who reads them, or in what format.
/// - **Called by** every room that does work; implemented by `http`.
/// - **Thread** every method may be called from any thread.
@NullMarked
package io.millrace.model.metrics;

import org.jspecify.annotations.NullMarked;
