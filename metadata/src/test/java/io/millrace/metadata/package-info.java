/// The tests of `metadata`: pure functions, called by hand.
@NullMarked
package io.millrace.metadata;

import org.jspecify.annotations.NullMarked;
