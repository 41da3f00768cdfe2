import { once } from "node:events";
import { request } from "node:http";
import { text } from "node:stream/consumers";
import { type TestAPI, test } from "vitest";
import { ensureNginx } from "../../../tools/servers/install.js";
import { startNginxServer } from "../../../tools/servers/nginx.js";
import { afterTest } from "../cleanup.js";

/**
 * Tests behind nginx. Where it is missing and cannot be installed, they are skipped, and the reason is
 * printed. As root on Debian, the first one installs it.
 */
export async function testWithNginx(): Promise<TestAPI["skip"]> {
  const reason = await ensureNginx();
  if (reason !== undefined) process.stderr.write(`tests behind nginx are skipped: ${reason}\n`);
  return test.skipIf(reason !== undefined);
}

/** An answer that came through nginx. */
export interface ProxiedAnswer {
  readonly status: number;
  /** What nginx did: MISS, HIT, EXPIRED, STALE, UPDATING or BYPASS. */
  readonly cache: string | undefined;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
}

/** Options of a request to nginx. */
export interface ProxiedRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The address that the request comes from. */
  readonly localAddress?: string;
}

/** A running nginx. */
export interface Nginx {
  get(path: string, options?: ProxiedRequest): Promise<ProxiedAnswer>;
  /**
   * Purges one URL, as an operator of this machine does. Returns the status: 200, or 404 if it is not stored.
   */
  purge(path: string, options?: ProxiedRequest): Promise<number>;
}

/** Starts nginx before a server of this machine; see `startNginxServer`. It is stopped after the test. */
export async function startNginx(originPort: number): Promise<Nginx> {
  const { port, stop } = await startNginxServer(originPort);
  afterTest(stop);
  const send = (path: string, options: ProxiedRequest = {}) => sendTo(port, path, options);
  return {
    get: send,
    purge: async (path, options) =>
      (await send("/purge", { ...options, headers: { "purge-key": path } })).status,
  };
}

async function sendTo(port: number, path: string, options: ProxiedRequest): Promise<ProxiedAnswer> {
  const sent = request({ host: "127.0.0.1", port, path, agent: false, ...options }).end();
  const [response] = await once(sent, "response");
  const body = await text(response);
  const cache: unknown = response.headers["x-cache-status"];
  return {
    status: response.statusCode,
    cache: typeof cache === "string" ? cache : undefined,
    headers: response.headers,
    body,
  };
}
