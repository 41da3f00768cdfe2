// Started by exactly-once.test.ts: one run of a request whose effect is a row. Arguments: the
// namespace, PostgreSQL's URL, the request, what happens (`stops-after-commit`, `stops-before`),
// whether the request is recorded.
import { once } from "node:events";
import pg from "pg";
import { createMoonpath, MoonpathError } from "../../../src/index.js";
import { redisFromUrl } from "../../../src/testing/index.js";
import { place } from "./order.js";

const [namespace = "", databaseUrl = "", request = "", stops, recorded] = process.argv.slice(2);
const acme = createMoonpath(redisFromUrl(process.env["REDIS_URL"] ?? ""), {
  namespace,
  deadlineMs: 5_000,
}).tenant("acme");
const pool = new pg.Pool({ connectionString: databaseUrl });
const say = (what: string) => process.stdout.write(`${JSON.stringify({ what })}\n`);

try {
  const reply = await acme.idempotency.run(
    request,
    "order",
    async ({ signal, fence }) => {
      if (stops === "stops-before") {
        say("started");
        // The process is stopped here and continued late, so it ignores its signal.
        await once(signal, "abort");
      }
      const placed = await place(
        pool,
        { request: `${namespace}-${request}`, fence, by: "child" },
        recorded === "recorded",
      );
      say(`placed by ${placed.by}`);
      if (stops === "stops-after-commit") await new Promise(() => {});
      return placed;
    },
    { leaseMs: 1_000 },
  );
  say(`replied by ${reply.by}`);
} catch (error) {
  say(error instanceof MoonpathError ? error.code : String(error));
}
