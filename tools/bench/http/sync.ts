import { once } from "node:events";
import { createServer } from "node:http";
import type { Benchmark, Ground } from "../benchmark.js";
import { compare, inFlight, rateCase } from "../support/compare.js";

const OPEN = 16;
const [OURS, PEER] = ["sync, Moonpath", "sync, fetch"] as const;

export const sync: Benchmark = {
  heading: "Calls to other services",
  method:
    "A reading of 10 bytes of JSON from a local server of node:http, which runs in the process of the bench. `sync.json` has a deadline, a breaker, a limit of the reply and a schema; the rival is `fetch` and `response.json()` with the same check. The server shares the cores with both sides.",
  async measure(ground) {
    const sides = await ground.start([OURS, PEER], await service(ground));
    const together = await compare(ground, sides, inFlight(OPEN, ground), { warmUps: 2 });
    const alone = await compare(ground, sides, inFlight(1, ground), { warmUps: 2 });
    return {
      cases: [
        rateCase(`json, ${OPEN} in flight, to fetch`, together(OURS), together(PEER), "calls/s", {
          atLeast: 0.7,
        }),
        rateCase("json, one at a time, to fetch", alone(OURS), alone(PEER), "calls/s", { atLeast: 0.7 }),
      ],
    };
  },
};

/** The URL of a service whose answers cost as little as possible. */
export async function service(ground: Ground): Promise<string> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { "content-type": "application/json" }).end('{"lamp":5}');
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  ground.defer(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
}
