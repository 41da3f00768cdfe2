import { redisFromUrl } from "moonpath/testing";
import pg from "pg";
import { Closing } from "../closing.js";
import { reasonsOf } from "../reasons.js";
import { openShop } from "../shop/open.js";
import type { ShopPlace } from "./place.js";

/**
 * The shop in a process of its own, which is killed. Its first message is the place of its servers, and
 * its reply is the port. It ends when the other process does.
 */
process.on("disconnect", () => process.exit());
process.once("message", (place: ShopPlace) => {
  serve(place).catch((error: unknown) => {
    process.stderr.write(`The shop could not start: ${reasonsOf(error)}\n`);
    process.exit(1);
  });
});

async function serve({ redisUrl, databaseUrl, namespace, schema, port }: ShopPlace): Promise<void> {
  const redis = redisFromUrl(redisUrl);
  let lastError: unknown;
  redis.on("error", (error: unknown) => {
    lastError = error;
  });
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 6 });
  pool.on("error", () => undefined);
  const servers = { redis, pool, namespace, schema, description: "", lastRedisError: () => lastError };
  // Errors are expected while Redis is killed, and the replay counts its retries.
  const shop = await openShop(servers, port, new Closing(), () => undefined);
  process.send?.({ port: shop.port });
}
