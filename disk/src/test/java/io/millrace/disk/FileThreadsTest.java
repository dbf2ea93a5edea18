package io.millrace.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class FileThreadsTest {

    @Test
    void whatWasPutOffIsNotLostWhenTooMuchWaits() throws InterruptedException {
        try (var threads = new FileThreads(1)) {
            var blocked = new CountDownLatch(1);
            var hasRun = new CountDownLatch(1);
            threads.run(() -> awaitQuietly(blocked));
            assertThrows(RejectedExecutionException.class, () -> {
                while (true) threads.run(() -> {});
            });

            var wasTried = new CountDownLatch(1);
            threads.runLater(0, hasRun::countDown);
            threads.sync(wasTried::countDown);
            assertTrue(wasTried.await(10, TimeUnit.SECONDS));
            assertEquals(1, hasRun.getCount(), "there was no room for it");
            blocked.countDown();
            assertTrue(hasRun.await(10, TimeUnit.SECONDS), "it was lost");
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
