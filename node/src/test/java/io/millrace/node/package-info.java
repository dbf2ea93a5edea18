/// # node, told as stories
@NullMarked
package io.millrace.node;

import org.jspecify.annotations.NullMarked;
