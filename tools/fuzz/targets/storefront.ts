import { Agent, request } from "node:http";
import { Redis } from "ioredis";
import pg from "pg";
import { Registry } from "prom-client";
import { createSchema } from "../../../examples/storefront/books/schema.js";
import { createContext, stopBackground } from "../../../examples/storefront/shop/context.js";
import { routesOf } from "../../../examples/storefront/shop/http/routes.js";
import { createShop } from "../../../examples/storefront/shop/http/server.js";
import { LIMITS } from "../../../examples/storefront/shop/limits.js";
import { createMoonpath } from "../../../src/index.js";
import { startPostgres, startRedis } from "../../../src/testing/index.js";
import { isRecord } from "../support/json.js";
import { type FuzzedRequest, type FuzzedRoute, isFuzzedRequest, requestsOf } from "../support/requests.js";
import { defineTarget, Violation } from "../target.js";

/** The time limit of one reply. An order may wait for its payment for so long. */
const ANSWER_MS = 8_000;
const SCHEMA = "shop_fuzz";

let routes: readonly FuzzedRoute[] = [];

/** Sends requests to every route of the storefront. Its servers are up, so no reply may be a 5xx. */
export const target = defineTarget<FuzzedRequest>({
  // The routes are known when the shop is open.
  get inputs() {
    return requestsOf(routes);
  },
  isInput: isFuzzedRequest,
  async open() {
    const [server, database] = await Promise.all([startRedis({ own: true }), startPostgres({ own: true })]);
    const pool = new pg.Pool({ connectionString: database.url });
    pool.on("error", () => undefined);
    const redis = new Redis(server.url);
    const moonpath = createMoonpath(redis, { namespace: "fuzz", deadlineMs: 5_000 });
    await createSchema(pool, SCHEMA);
    await pool.query(
      `insert into ${SCHEMA}.categories (category, parent, name) values ('lamps', null, 'Lamps')`,
    );
    await pool.query(
      `insert into ${SCHEMA}.sessions (session, customer, ends_at) values ('session-1', 'ann', 'infinity')`,
    );
    const acme = moonpath.tenant("acme");
    const logged: string[] = [];
    const warn = (line: string) => void logged.push(line);
    const ping = () => redis.ping();
    const context = createContext({ moonpath, acme, pool, schema: SCHEMA, redis, ping, warn });
    const shop = createShop(context, new Registry(), { ...LIMITS, ordersASecond: 10_000 });
    await shop.listen({ host: "127.0.0.1", port: 0 });
    routes = routesOf(shop);
    const agent = new Agent({ keepAlive: true, maxSockets: 4 });
    const origin = new URL(shop.listeningOrigin);
    return {
      async attempt(input) {
        logged.length = 0;
        const reply = await send(origin, agent, input);
        try {
          check(input, reply);
        } catch (error) {
          if (!(error instanceof Violation) || logged.length === 0) throw error;
          throw new Violation(error.rule, logged.join("\n").slice(0, 1_500));
        }
      },
      async close() {
        agent.destroy();
        await shop.close();
        await stopBackground(context);
        moonpath.close();
        redis.disconnect();
        await pool.end();
        await Promise.all([server.stop(), database.stop()]);
      },
    };
  },
});

interface Reply {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

function send(origin: URL, agent: Agent, { method, path, headers, body }: FuzzedRequest): Promise<Reply> {
  const bytes = Buffer.from(body);
  const fields = headers.flat();
  const length = method === "GET" || method === "HEAD" ? [] : ["content-length", String(bytes.length)];
  return new Promise((resolve, reject) => {
    const { hostname, port } = origin;
    const options = { hostname, port, agent, method, path, headers: ["host", "shop", ...fields, ...length] };
    const sent = request(options, (response) => {
      const chunks: Uint8Array[] = [];
      response.on("data", (chunk: Uint8Array) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const { statusCode: status = 0, headers: answered } = response;
        resolve({ status, type: answered["content-type"] ?? "", body: Buffer.concat(chunks).toString() });
      });
    });
    sent.setTimeout(ANSWER_MS, () => sent.destroy(new Violation("no answer in time")));
    sent.on("error", reject);
    sent.end(bytes);
  });
}

function check({ method, path }: FuzzedRequest, { status, type, body }: Reply): void {
  const route = `${method} ${path.split("?")[0]?.split("/").slice(0, 4).join("/")}`;
  if (status >= 500 || status === 0) throw new Violation(`${route} answers ${status}`, body.slice(0, 300));
  if (method === "HEAD" || status < 400) return;
  if (!/^application\/(problem\+)?json/.test(type))
    throw new Violation(`${status} of ${route} is no JSON`, type);
  const told: unknown = JSON.parse(body);
  const text = isRecord(told) ? (told["message"] ?? told["detail"]) : undefined;
  if (!isRecord(told) || typeof told["code"] !== "string" || !/^[A-Z_]{3,}$/.test(told["code"]))
    throw new Violation(`${status} of ${route} has no code`, body.slice(0, 300));
  if (typeof text !== "string" || text === "")
    throw new Violation(`${status} of ${route} says nothing`, body.slice(0, 300));
}
