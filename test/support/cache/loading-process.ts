// Started by the tests of test/cache: a process that loads one entry. Arguments: the namespace, the
// number of callers, and how long a load takes, or `never`. It begins when the list `go` has an item.

import { setTimeout as pause } from "node:timers/promises";
import { createMoonpath } from "../../../src/index.js";
import { redisFromUrl } from "../../../src/testing/index.js";

const [namespace = "", callers = "1", loadMs = "0"] = process.argv.slice(2);
const redis = redisFromUrl(process.env["REDIS_URL"] ?? "");
const moonpath = createMoonpath(redis, { namespace, deadlineMs: 5_000 });

function tell(what: string, items: readonly string[] = []): void {
  process.stdout.write(`${JSON.stringify({ what, items })}\n`);
}

const products = moonpath.cache({
  pattern: "product:<product>",
  freshMs: 60_000,
  load: async ({ product }) => {
    const load = await redis.incr(`${namespace}:loads`);
    tell("loading");
    if (loadMs === "never") await new Promise(() => setInterval(() => undefined, 1_000));
    await pause(Number(loadMs));
    return { product, load };
  },
});

await moonpath.ready();
tell("ready");
const turn = redisFromUrl(process.env["REDIS_URL"] ?? "");
await turn.call("brpop", `${namespace}:go`, "0");
const values = await Promise.all(
  Array.from({ length: Number(callers) }, () => products.tenant("acme").getOrLoad({ product: "lamp" })),
);
tell("loaded", [...new Set(values.map((value) => JSON.stringify(value)))]);
moonpath.close();
redis.disconnect();
turn.disconnect();
