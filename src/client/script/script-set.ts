import { createHash } from "node:crypto";
import type { QueuedCommand } from "../connection/redis.js";
import { hasManyForm, manyFormOf } from "./many-form.js";
import type { Script, ScriptForm } from "./script.js";

/** Any script, whatever its arguments and reply. */
export type AnyScript = Script<never, unknown>;

/** The scripts of a client. It recognises the client's own commands in a queue. */
export class ScriptSet {
  readonly digests: ReadonlySet<string>;
  readonly texts: ReadonlySet<string>;

  /** Whether the servers must have the policy `noeviction`. */
  readonly requiresNoEviction: boolean;

  /** A script whose digest is not the SHA-1 of its text: the server would run another script. */
  readonly withWrongDigest: ScriptForm | undefined;

  /** Both forms of each script, or the only one. */
  readonly forms: readonly ScriptForm[];

  constructor(scripts: readonly AnyScript[], allowEviction = false) {
    this.requiresNoEviction = !allowEviction && scripts.some((script) => script.requiresNoEviction);
    this.forms = scripts.flatMap((script) => (hasManyForm(script) ? [script, manyFormOf(script)] : [script]));
    this.digests = new Set(this.forms.map((form) => form.digest));
    this.texts = new Set(this.forms.map((form) => form.lua));
    this.withWrongDigest = this.forms.find(
      ({ lua, digest }) => createHash("sha1").update(lua).digest("hex") !== digest,
    );
  }

  /** Whether this client sent the command. */
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
