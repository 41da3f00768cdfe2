import { Agent, type IncomingMessage, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { checkedInteger } from "../../core/checks.js";
import { ArgumentError } from "../../core/errors.js";
import { type OptionNames, refuseUnknownOptions } from "../../core/known-options.js";
import { MAX_TIMER_MS } from "../../core/limits.js";
import { readFrom } from "../../core/read-from.js";
import type { HttpCache } from "../http-cache.js";
import { type Origin, proxy } from "./proxy.js";
import { type UpgradeLimits, Upgrades } from "./upgrade.js";

/** The options of `createProxy`. */
export interface ProxyOptions {
  /** The server behind the proxy: `http://127.0.0.1:8080`. */
  readonly origin: string;
  /** Milliseconds without a byte from the origin after which a request fails. Default 30,000. */
  readonly idleMs?: number | undefined;
  /** The most connections to the origin. Default 1,024. */
  readonly maxConnections?: number | undefined;
  /**
   * The protocols for which a connection may leave HTTP; see `HttpProxy.upgrade`. Default
   * `["websocket"]`.
   */
  readonly upgrades?: readonly string[] | undefined;
  /** The most connections that have left HTTP. Default 1,024. */
  readonly maxUpgrades?: number | undefined;
  /** Milliseconds without a byte in either direction after which such a connection ends. Default 600,000. */
  readonly upgradeIdleMs?: number | undefined;
}

const optionNames: OptionNames<ProxyOptions> = {
  origin: true,
  idleMs: true,
  maxConnections: true,
  upgrades: true,
  maxUpgrades: true,
  upgradeIdleMs: true,
};

/** A reverse proxy for a server of node:http. */
export interface HttpProxy {
  /** For `http.createServer`. It never rejects. */
  readonly handler: (request: IncomingMessage, response: ServerResponse) => void;
  /** For `server.on("upgrade")`: passes WebSocket on to the origin. It never throws. */
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** Closes the connections to the origin that are not in use, and those that have left HTTP. */
  close(): void;
}

/**
 * Makes a reverse proxy that answers from a cache.
 *
 * ```ts
 * const proxy = createProxy(cache, { origin: "http://127.0.0.1:8080" });
 * createServer(proxy.handler).on("upgrade", proxy.upgrade).listen(80);
 * ```
 *
 * @throws ArgumentError that names the option
 */
export function createProxy({ core }: Pick<HttpCache, "core">, options: ProxyOptions): HttpProxy {
  const { server, limits } = readFrom("options", () => resolve(options));
  const upgrades = new Upgrades(server, limits);
  return {
    handler: (request, response) => {
      proxy(core, server, request, response).catch((error: unknown) =>
        response.destroy(error instanceof Error ? error : undefined),
      );
    },
    upgrade: (request, socket, head) => upgrades.upgrade(request, socket, head),
    close: () => {
      server.agent.destroy();
      upgrades.close();
    },
  };
}

function resolve(options: ProxyOptions): { readonly server: Origin; readonly limits: UpgradeLimits } {
  refuseUnknownOptions(options, optionNames);
  const { origin, idleMs = 30_000, maxConnections = 1_024, upgrades = ["websocket"] } = options;
  const { maxUpgrades = 1_024, upgradeIdleMs = 600_000 } = options;
  const url = URL.canParse(origin) ? new URL(origin) : undefined;
  const { protocol, pathname, search, hash, username } = url ?? {};
  if (!url || protocol !== "http:" || pathname !== "/" || search !== "" || hash !== "" || username !== "")
    throw new ArgumentError("origin", "a URL such as http://127.0.0.1:8080");
  if (!Array.isArray(upgrades) || !upgrades.every((name) => typeof name === "string" && name !== ""))
    throw new ArgumentError("upgrades", "a list of names of protocols");
  const agent = new Agent({
    keepAlive: true,
    maxSockets: checkedInteger("maxConnections", maxConnections, 1, 100_000),
  });
  const server: Origin = {
    // An IPv6 address has brackets in a URL only.
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: url.port === "" ? 80 : Number(url.port),
    agent,
    idleMs: checkedInteger("idleMs", idleMs, 1, MAX_TIMER_MS),
  };
  const limits = {
    protocols: upgrades.map((name) => name.toLowerCase()),
    maxConnections: checkedInteger("maxUpgrades", maxUpgrades, 0, 100_000),
    idleMs: checkedInteger("upgradeIdleMs", upgradeIdleMs, 1, MAX_TIMER_MS),
  };
  return { server, limits };
}
