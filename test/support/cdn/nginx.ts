import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { type TestAPI, test } from "vitest";
import { freePorts } from "../../../src/testing/process/ports.js";
import { ServerProcess } from "../../../src/testing/process/server-process.js";
import { ensureNginx } from "../../../tools/servers/install.js";
import { afterTest } from "../cleanup.js";

const PROGRAM = "/usr/sbin/nginx";
const MODULE = "/usr/lib/nginx/modules/ngx_http_cache_purge_module.so";
const START_LIMIT_MS = 30_000;
const ATTEMPTS = 5;

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

/**
 * Starts nginx with a cache before a server of this machine. It is stopped after the test. The cache follows
 * the server's Cache-Control alone: `s-maxage` before `max-age`, and `stale-while-revalidate` by a
 * background update.
 */
export async function startNginx(originPort: number): Promise<Nginx> {
  const folder = await mkdtemp(join(tmpdir(), "moonpath-nginx-"));
  afterTest(() => rm(folder, { recursive: true, force: true }));
  await mkdir(join(folder, "cache"));
  for (let attempt = 1; ; attempt++) {
    const [port = 0] = await freePorts(1);
    await writeFile(join(folder, "nginx.conf"), configOf(folder, port, originPort));
    const server = new ServerProcess({
      name: "nginx",
      program: PROGRAM,
      args: ["-p", folder, "-e", "stderr", "-c", join(folder, "nginx.conf")],
      cwd: folder,
      ready: /start worker process \d+/,
      stopSignal: "SIGTERM",
      orphanSignal: "SIGTERM",
      limitMs: START_LIMIT_MS,
    });
    try {
      await server.start();
    } catch (error) {
      if (server.isPortTaken && attempt < ATTEMPTS) continue;
      throw error;
    }
    afterTest(() => server.stop());
    const send = (path: string, options: ProxiedRequest = {}) => sendTo(port, path, options);
    return {
      get: send,
      purge: async (path, options) =>
        (await send("/purge", { ...options, headers: { "purge-key": path } })).status,
    };
  }
}

/**
 * As root, the worker would otherwise be nobody, who may not read the folder. The key to purge comes in a
 * field, because the module's other form, the method PURGE, ends the worker of Debian's nginx with SIGSEGV.
 */
function configOf(folder: string, port: number, originPort: number): string {
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `  ${name}_temp_path ${folder}/${name};`)
    .join("\n");
  return `${process.getuid?.() === 0 ? "user root;" : ""}
load_module ${MODULE};
daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
error_log stderr notice;
events {}
http {
  access_log off;
${temporary}
  proxy_cache_path ${folder}/cache keys_zone=shop:1m use_temp_path=off;
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://127.0.0.1:${originPort};
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_cache shop;
      proxy_cache_key $request_uri;
      proxy_cache_lock on;
      proxy_cache_background_update on;
      proxy_buffer_size 32k;
      proxy_buffers 8 32k;
      add_header X-Cache-Status $upstream_cache_status always;
    }
    location = /purge {
      allow 127.0.0.1;
      deny all;
      proxy_cache_purge shop $http_purge_key;
    }
  }
}
`;
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
