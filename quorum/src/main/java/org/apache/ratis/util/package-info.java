/// A package of Apache Ratis, for the one class of it that has a stand-in here: [JmxRegister].
@NullMarked
package org.apache.ratis.util;

import org.jspecify.annotations.NullMarked;
