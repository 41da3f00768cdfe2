import { Agent, type IncomingMessage, type ServerResponse } from "node:http";
import { checkedInteger } from "../../core/checks.js";
import { ArgumentError } from "../../core/errors.js";
import { MAX_TIMER_MS } from "../../core/limits.js";
import type { HttpCache } from "../http-cache.js";
import { type Origin, proxy } from "./proxy.js";

/** The options of `createProxy`. */
export interface ProxyOptions {
  /** The server behind the proxy: `http://127.0.0.1:8080`. */
  readonly origin: string;
  /** Milliseconds without a byte from the origin after which a request fails. Default 30,000. */
  readonly idleMs?: number | undefined;
  /** The most connections to the origin. Default 1,024. */
  readonly maxConnections?: number | undefined;
}

/** A reverse proxy for a server of node:http. */
export interface HttpProxy {
  /** For `http.createServer`. It never rejects. */
  readonly handler: (request: IncomingMessage, response: ServerResponse) => void;
  /** Closes the connections to the origin that are not in use. */
  close(): void;
}

/**
 * Makes a reverse proxy that answers from a cache.
 *
 * ```ts
 * const proxy = createProxy(cache, { origin: "http://127.0.0.1:8080" });
 * createServer(proxy.handler).listen(80);
 * ```
 *
 * @throws ArgumentError that names the option
 */
export function createProxy({ core }: Pick<HttpCache, "core">, options: ProxyOptions): HttpProxy {
  const { origin, idleMs = 30_000, maxConnections = 1_024 } = options;
  const url = URL.canParse(origin) ? new URL(origin) : undefined;
  if (url?.protocol !== "http:" || url.pathname !== "/")
    throw new ArgumentError("origin", "a URL such as http://127.0.0.1:8080");
  const agent = new Agent({
    keepAlive: true,
    maxSockets: checkedInteger("maxConnections", maxConnections, 1, 100_000),
  });
  const server: Origin = {
    host: url.hostname,
    port: url.port === "" ? 80 : Number(url.port),
    agent,
    idleMs: checkedInteger("idleMs", idleMs, 1, MAX_TIMER_MS),
  };
  return {
    handler: (request, response) => {
      proxy(core, server, request, response).catch((error: unknown) =>
        response.destroy(error instanceof Error ? error : undefined),
      );
    },
    close: () => agent.destroy(),
  };
}
