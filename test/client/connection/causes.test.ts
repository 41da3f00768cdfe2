import { execFile } from "node:child_process";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Cluster, Redis, type RedisOptions } from "ioredis";
import { beforeAll, describe, expect, test } from "vitest";
import { createMoonpath } from "../../../src/index.js";
import { type RedisServer, startRedis } from "../../../src/testing/index.js";
import { freePorts } from "../../../src/testing/process/ports.js";
import { afterFile, afterTest } from "../../support/cleanup.js";
import { errorOf } from "../../support/client/fixtures.js";

/** A server with one port for TLS and one without. Its certificate names the host `localhost`. */
let server: RedisServer;
let tlsPort = 0;

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), "moonpath-tls-"));
  afterFile(() => rm(folder, { recursive: true, force: true }));
  const [key, certificate] = [join(folder, "key.pem"), join(folder, "certificate.pem")];
  const names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
  const files = ["-keyout", key, "-out", certificate, "-days", "2"];
  await promisify(execFile)("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", ...files, ...names]);
  for (const path of [folder, key, certificate]) await chmod(path, 0o755);
  [tlsPort = 0] = await freePorts(1);
  const config = { "tls-port": `${tlsPort}`, "tls-cert-file": certificate, "tls-key-file": key };
  server = await startRedis({ own: true, config: { ...config, "tls-auth-clients": "no" } });
  afterFile(() => server.stop());
});

/** The errors of a call and of `ready()` over this connection. */
async function errorsOver(redis: Redis | Cluster): Promise<unknown[]> {
  // ioredis listens to the first error of a socket only. A TLS socket may report a second one.
  const ignoreLaterErrors = () => redis instanceof Redis && redis.stream?.on("error", () => {});
  redis.on("error", ignoreLaterErrors);
  const moonpath = createMoonpath(redis);
  afterTest(
    () => moonpath.close(),
    ignoreLaterErrors,
    () => redis.disconnect(),
  );
  const read = moonpath.tenant("acme").stock.read({ product: "lamp", low: 0 }, { deadlineMs: 1_500 });
  return Promise.all([errorOf(read), errorOf(moonpath.ready({ deadlineMs: 1_500 }))]);
}

type Case = [name: string, options: () => Omit<RedisOptions, "replyMapping">, cause: RegExp];

describe("a call that gets no connection ends with the cause in its text", () => {
  const cases: Case[] = [
    [
      "TLS on a port without TLS",
      () => ({ port: server.port, tls: {} }),
      /TLS handshake has no reply.*redis:/,
    ],
    ["no TLS on a port with TLS", () => ({ port: tlsPort }), /ECONNRESET; a port with TLS needs rediss:/],
    [
      "an unknown certificate",
      () => ({ host: "localhost", port: tlsPort, tls: {} }),
      /self-signed certificate/,
    ],
    ["an unknown host", () => ({ host: "no-such-host.invalid" }), /ENOTFOUND no-such-host\.invalid/],
    ["a refused connection", () => ({ port: 1 }), /ECONNREFUSED 127\.0\.0\.1:1/],
  ];
  test.each(cases)("%s", async (_, options, cause) => {
    const { password } = server;
    for (const error of await errorsOver(new Redis({ password, ...options(), retryStrategy: () => 50 }))) {
      expect(error).toMatchObject({
        code: "UNAVAILABLE",
        message: expect.stringMatching(cause),
        cause: { message: expect.stringMatching(cause) },
      });
      expect(String(error)).not.toContain(password);
    }
  });

  test("a server that accepts connections and never replies", async () => {
    const silent = createServer((socket) => socket.on("error", () => {}).resume());
    const [port = 0] = await freePorts(1);
    await new Promise<void>((resolve) => silent.listen(port, "127.0.0.1", resolve));
    afterTest(() => silent.close());
    for (const error of await errorsOver(new Redis({ port }))) {
      expect(error).toMatchObject({ cause: { message: expect.stringMatching(/accepts .* does not reply/) } });
    }
  });

  test("a cluster without a reachable node", async () => {
    const cluster = new Cluster([{ host: "127.0.0.1", port: 1 }], { clusterRetryStrategy: () => 50 });
    for (const error of await errorsOver(cluster)) {
      expect(error).toMatchObject({ cause: { message: expect.stringMatching(/ECONNREFUSED|closed/) } });
    }
  });
});
