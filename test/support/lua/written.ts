import { sharedRedis } from "../redis.js";

/**
 * The keys that a call wrote, even if it wrote what was there. A transaction that watches a key
 * does not run after the key was written.
 */
export async function writtenBy(keys: readonly string[], call: () => Promise<unknown>): Promise<string[]> {
  const watchers = await Promise.all(
    keys.map(async (key) => {
      const watcher = sharedRedis();
      await watcher.watch(key);
      return { key, watcher };
    }),
  );
  await call();
  const written = await Promise.all(
    watchers.map(async ({ key, watcher }) =>
      (await watcher.multi().exists(key).exec()) === null ? [key] : [],
    ),
  );
  return written.flat();
}
