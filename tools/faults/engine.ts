import { Redis } from "ioredis";
import { redisFromUrl, startRedis } from "../../src/testing/index.js";

/** A server program and its name and version. */
export interface EngineUnderTest {
  readonly binary: string | undefined;
  /** For example `Redis 7.0.15` or `Valkey 8.1.1`. */
  readonly title: string;
}

/** Starts a program once to read its name and version. */
export async function identify(binary: string | undefined): Promise<EngineUnderTest> {
  const server = await startRedis({ own: true, ...(binary === undefined ? {} : { binary }) });
  try {
    const redis = redisFromUrl(server.url);
    const info = redis instanceof Redis ? await redis.info("server") : "";
    redis.disconnect();
    const valkey = /^valkey_version:(\S+)/m.exec(info)?.[1];
    const version = /^redis_version:(\S+)/m.exec(info)?.[1];
    return { binary, title: valkey ? `Valkey ${valkey}` : `Redis ${version ?? "?"}` };
  } finally {
    await server.stop();
  }
}
