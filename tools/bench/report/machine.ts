import { readFileSync } from "node:fs";
import { cpus, release, type } from "node:os";

/** The peers whose versions the page names. */
const PEERS = ["ioredis", "redis-5", "redlock", "bullmq", "rate-limiter-flexible"];

/** The day, the machine and the versions of a run, for example `2026-11-29 with Redis 7.0.15, …`. */
export function machineOf(redisVersion: string): string {
  const day = new Date().toISOString().slice(0, 10);
  const [cpu] = cpus();
  const machine = `${cpus().length} cores (${cpu?.model.trim() ?? "unknown"}), ${type()} ${release()}`;
  const peers = PEERS.map((name) => `${name === "redis-5" ? "node-redis" : name} ${versionOf(name)}`);
  return `${day} with ${redisVersion}, Node.js ${process.version}, ${peers.join(", ")}, on ${machine}`;
}

function versionOf(name: string): string {
  const file = new URL(`../../../node_modules/${name}/package.json`, import.meta.url);
  const manifest: unknown = JSON.parse(readFileSync(file, "utf8"));
  const version: unknown =
    typeof manifest === "object" && manifest !== null ? Reflect.get(manifest, "version") : undefined;
  return typeof version === "string" ? version.replace(/^v/, "") : "unknown";
}
