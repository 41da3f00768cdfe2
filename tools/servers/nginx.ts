import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePorts } from "../../src/testing/process/ports.js";
import { ServerProcess } from "../../src/testing/process/server-process.js";

const PROGRAM = "/usr/sbin/nginx";
const MODULE = "/usr/lib/nginx/modules/ngx_http_cache_purge_module.so";
const START_LIMIT_MS = 30_000;
const ATTEMPTS = 5;

/** A running nginx. */
export interface NginxServer {
  readonly port: number;
  /** Stops it, and removes what it has stored. */
  stop(): Promise<void>;
}

/**
 * Starts nginx with a cache before a server of this machine; see `ensureNginx`. The cache follows the
 * server's Cache-Control alone: `s-maxage` before `max-age`, and `stale-while-revalidate` by an update in the
 * background.
 */
export async function startNginxServer(originPort: number): Promise<NginxServer> {
  const folder = await mkdtemp(join(tmpdir(), "moonpath-nginx-"));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
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
      const stop = async () => {
        await server.stop();
        await remove();
      };
      return { port, stop };
    }
  } catch (error) {
    await remove();
    throw error;
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
  upstream origin {
    server 127.0.0.1:${originPort};
    keepalive 64;
  }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://origin;
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
