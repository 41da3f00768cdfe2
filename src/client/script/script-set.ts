import { createHash } from "node:crypto";
import type { QueuedCommand } from "../connection/redis.js";
import type { Script } from "./script.js";

/** Any script, whatever its arguments and reply. */
export type AnyScript = Script<never, unknown>;

/** The scripts of a client, and by what a queued command is known as one of its own. */
export class ScriptSet {
  readonly digests: ReadonlySet<string>;
  readonly texts: ReadonlySet<string>;

  /** Whether servers must not evict keys. */
  readonly requiresNoEviction: boolean;

  /** A script whose digest is not that of its text: the server would run another one. */
  readonly withWrongDigest: AnyScript | undefined;

  constructor(
    readonly scripts: readonly AnyScript[],
    allowEviction = false,
  ) {
    this.requiresNoEviction = !allowEviction && scripts.some((script) => script.durable);
    this.digests = new Set(scripts.map((script) => script.digest));
    this.texts = new Set(scripts.map((script) => script.lua));
    this.withWrongDigest = scripts.find(
      ({ lua, digest }) => createHash("sha1").update(lua).digest("hex") !== digest,
    );
  }

  owns({ command: { name, args } }: QueuedCommand): boolean {
    const [first, ...others] = args;
    if (name === "evalsha") return this.#isDigest(first);
    if (name !== "script") return false;
    if (first === "EXISTS") return others.length > 0 && others.every((digest) => this.#isDigest(digest));
    return typeof others[0] === "string" && this.texts.has(others[0]);
  }

  #isDigest(text: unknown): boolean {
    return typeof text === "string" && this.digests.has(text);
  }
}
